namespace Fairlead.Contracts.Api;

/// <summary>What a gateway knows at one moment: the other gateways, and its services with queues and leases.</summary>
/// <param name="Id">Its address among the gateways, or <c>alone</c>.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Group">The gateways it shares queues with; absent when it is alone.</param>
/// <param name="Services">By name.</param>
public sealed record GatewayStatusDto(
    string Id, string Version, GatewayGroupDto? Group, IReadOnlyList<GatewayServiceDto> Services);

/// <summary>The gateways of a compute target, as one of them sees them (docs/adr/0007).</summary>
/// <param name="View">Number of the membership that it holds valid; greater with each change.</param>
/// <param name="Proposer">The gateway that proposed it.</param>
/// <param name="IsValid">A majority agrees: it may use leases.</param>
/// <param name="IsSettled">It knows every lease of the services that it coordinates.</param>
/// <param name="Configured">How many gateways there are to be; a majority is of these.</param>
/// <param name="Members">All that are in the view or known of, by name.</param>
public sealed record GatewayGroupDto(
    long View, string Proposer, bool IsValid, bool IsSettled, int Configured, IReadOnlyList<GatewayMemberDto> Members);

/// <summary>One gateway of the group.</summary>
/// <param name="Id">Its address.</param>
/// <param name="IsMember">It is in the view.</param>
/// <param name="IsLeaving">It finishes what it has and coordinates nothing.</param>
/// <param name="IsConnected">The gateway asked has a connection with it, or is it.</param>
/// <param name="HeardMs">Milliseconds since it was heard; absent for never, and for the gateway asked.</param>
/// <param name="Coordinates">How many services it coordinates.</param>
public sealed record GatewayMemberDto(
    string Id, bool IsMember, bool IsLeaving, bool IsConnected, long? HeardMs, int Coordinates);

/// <summary>A service in a gateway.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Coordinator">The gateway that keeps its queue; absent while nobody does.</param>
/// <param name="Role"><c>granting</c> where the queue is, <c>settling</c> where it will be, <c>following</c>, or
/// <c>unavailable</c>.</param>
/// <param name="DesiredReplicas">As the compute target has it.</param>
/// <param name="Queued">Requests that wait here; in the coordinator, those of all gateways.</param>
/// <param name="OldestWaitMs">How long the first of them has waited.</param>
/// <param name="Replicas">In the order of the compute target.</param>
/// <param name="Peers">What other gateways hold and want of it, in the coordinator.</param>
public sealed record GatewayServiceDto(
    string Name,
    string? Coordinator,
    string Role,
    int DesiredReplicas,
    int Queued,
    long? OldestWaitMs,
    IReadOnlyList<GatewayReplicaDto> Replicas,
    IReadOnlyList<GatewayPeerLeasesDto> Peers);

/// <summary>A replica in a gateway.</summary>
/// <param name="Id">As the compute target names it.</param>
/// <param name="Address">Its URL.</param>
/// <param name="State"><c>ready</c>, <c>draining</c>, <c>leaving</c> when the autoscaler has chosen it to go, <c>ejected</c>
/// when it fails again and again, <c>backing-off</c> after it refused, failed or could not be reached, <c>slow-start</c> while not
/// all its places are open, or <c>unlisted</c> when it is published no more and holds requests yet.</param>
/// <param name="Leases">Scoring requests in it, that this gateway knows of; in the coordinator, all.</param>
/// <param name="MaxConcurrentRequests">How many it may have.</param>
public sealed record GatewayReplicaDto(string Id, string Address, string State, int Leases, int MaxConcurrentRequests);

/// <summary>The share of another gateway in a service.</summary>
/// <param name="Gateway">Its address.</param>
/// <param name="Leases">Requests it has in replicas.</param>
/// <param name="Queued">Requests of it that wait.</param>
public sealed record GatewayPeerLeasesDto(string Gateway, int Leases, int Queued);
