using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Api;

/// <summary>The settings of a version of an endpoint (§1.8): those of a service, and its share of the requests. Authentication is
/// the endpoint's.</summary>
public record EndpointVersionSettingsDto : ServiceSettingsDto
{
    /// <summary>Share of the endpoint's requests in percent, 0 to 100, decimals allowed; default 0. It holds once the version has
    /// become ready.</summary>
    public decimal? TrafficPercentile { get; init; }

    /// <summary>Share of the endpoint's requests in percent that it gets a copy of, 0 to 100; default 0. Its answers are compared and
    /// given to nobody. Not for the default version, nor with a <see cref="TrafficPercentile"/>.</summary>
    public decimal? ShadowPercentile { get; init; }

    /// <summary>True moves the default to it: the version that gets what no percentile gives away.</summary>
    public bool? IsDefault { get; init; }

    /// <summary>True makes it the one that the others are compared with; for statistics only.</summary>
    public bool? IsControlVersionType { get; init; }
}

/// <summary><c>POST /endpoints</c>: an endpoint with its first version, which is the default and the control version. 202 with
/// <c>Operation-Location</c> of the version's deployment, and the <see cref="EndpointDto"/>.</summary>
public sealed record CreateEndpointRequest : EndpointVersionSettingsDto
{
    /// <summary>See <see cref="ServiceNames"/>; no service may have it.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the first version; null for the endpoint's name.</summary>
    public string? VersionName { get; init; }

    /// <summary>Name of the compute target; null for the workspace's default one.</summary>
    public string? ComputeName { get; init; }

    /// <summary>Keys to use instead of new ones.</summary>
    public AuthKeysDto? Keys { get; init; }

    /// <summary>Requests with the same value of this header go to the same version; null: each is for itself.</summary>
    public string? StickyHeader { get; init; }
}

/// <summary><c>POST /endpoints/{endpoint}/versions</c>: 202 with <c>Operation-Location</c> and the <see cref="EndpointDto"/>.</summary>
public sealed record CreateVersionRequest : EndpointVersionSettingsDto
{
    /// <summary>1 to 32 lower-case letters, digits and dashes, beginning with a letter or digit.</summary>
    public required string Name { get; init; }
}

/// <summary>An endpoint: one name, key and URL for up to 6 versions (§1.8).</summary>
public sealed record EndpointDto
{
    public required string Name { get; init; }

    public string ComputeType { get; set; } = "AKSENDPOINT";

    public required string ComputeName { get; init; }

    /// <summary>That of the default version.</summary>
    public required ServiceState State { get; init; }

    /// <summary>Why a change of the endpoint itself failed; its versions have their own.</summary>
    public ErrorDocument? Error { get; init; }

    /// <summary>The newest operation on the endpoint itself.</summary>
    public string? OperationId { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    public required DateTimeOffset UpdatedTime { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string> KvTags { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();

    public required string ScoringUri { get; init; }

    public required string SwaggerUri { get; init; }

    public bool AuthEnabled { get; init; }

    public bool AadAuthEnabled { get; init; }

    public IReadOnlyList<TokenIssuer> TokenIssuers { get; set; } = [];

    public bool AppInsightsEnabled { get; init; }

    public string? StickyHeader { get; init; }

    /// <summary>In the order in which they were created.</summary>
    public IReadOnlyList<EndpointVersionDto> Versions { get; set; } = [];
}

/// <summary>A version of an endpoint.</summary>
public sealed record EndpointVersionDto
{
    public required string Name { get; init; }

    public required decimal TrafficPercentile { get; init; }

    public decimal ShadowPercentile { get; init; }

    public required bool IsDefault { get; init; }

    /// <summary><c>control</c> or <c>treatment</c> (§1.8).</summary>
    public required string VersionType { get; init; }

    /// <summary>Whether it has been ready once: before that it gets no traffic, whatever its percentile.</summary>
    public required bool IsRouted { get; init; }

    /// <summary>The service that answers for it; it can be called under its own URL too, with the endpoint's keys.</summary>
    public required ServiceDto Service { get; init; }
}
