using Fairlead.Contracts.Api;
using Fairlead.Gateway.SelfScaling;

namespace Fairlead.Gateway.Coordination;

/// <summary>The group as an operator sees it, and how much its gateways have to do.</summary>
internal sealed partial class CoordinationNode
{
    /// <summary>Tells what this gateway has to do.</summary>
    public Func<GatewayLoad> OwnLoad { get; init; } = static () => default;

    /// <summary>What this gateway and those that it is connected to have to do.</summary>
    public IReadOnlyCollection<GatewayLoad> Loads
    {
        get
        {
            lock (_lock)
            {
                return [OwnLoad(), .. _peers.Values.Where(static peer => peer.IsLinked).Select(static peer => peer.Load)];
            }
        }
    }

    public GatewayGroupDto Describe()
    {
        lock (_lock)
        {
            var view = _membership.View;
            var ids = new SortedSet<string>(_membership.Roster, StringComparer.Ordinal);
            ids.UnionWith(view.Members.Select(static member => member.Id));
            return new GatewayGroupDto(
                view.Number,
                view.Proposer,
                !_isFenced && _time.GetTimestamp() < Gate.Until,
                _isSettled,
                _membership.Count,
                [.. ids.Select(id => Describe_NeedsLock(id))]);
        }
    }

    private GatewayMemberDto Describe_NeedsLock(string id)
    {
        var heardAt = _membership.Find(id)?.HeardAt;
        return new GatewayMemberDto(
            id,
            _membership.View.Contains(id),
            _membership.View.Members.Any(member => member.Id == id && member.IsLeaving),
            id == Id || _peers.TryGetValue(id, out var peer) && peer.IsLinked,
            heardAt is { } at ? (long)_time.GetElapsedTime(at, _time.GetTimestamp()).TotalMilliseconds : null,
            CoordinatedBy(id).Count());
    }
}
