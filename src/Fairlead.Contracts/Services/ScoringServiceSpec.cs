using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Routing;

namespace Fairlead.Contracts.Services;

/// <summary>The wanted state of a service: the whole of §1.5 plus models, snapshot and rollout.</summary>
public sealed record ScoringServiceSpec : ServingSettings
{
    public ScoringServiceSpec()
    {
    }

    /// <summary>One with the same settings; the rest is to be set.</summary>
    public ScoringServiceSpec(ServingSettings settings)
        : base(settings)
    {
    }

    /// <summary>Digest of the manifest of the source directory; null when there is none.</summary>
    public string? SnapshotManifest { get; init; }

    /// <summary>Models to place under <c>azureml-models/&lt;name&gt;/&lt;version&gt;</c> (§3.6); may be empty.</summary>
    public IReadOnlyList<ServedModel> Models { get; set; } = [];

    /// <summary>Null runs with the compute target's default interpreter.</summary>
    public EnvironmentDefinition? Environment { get; init; }

    /// <summary>A fixed number of replicas; null or 0 with the autoscaler on (§1.5, §9).</summary>
    public int? NumReplicas { get; init; }

    /// <summary>For an endpoint: the services that answer for it. It has no replicas itself. Null for a service.</summary>
    public TrafficSplit? Traffic { get; init; }

    /// <summary>Whether the number of replicas follows load.</summary>
    public bool IsAutoscaled => Traffic is null && AutoScaler.AutoscaleEnabled && NumReplicas is null or 0;

    /// <summary>Replicas to begin with: the fixed number, else the autoscaler's minimum; none for an endpoint.</summary>
    public int InitialReplicas => Traffic is not null ? 0 : NumReplicas is > 0 ? NumReplicas.Value : AutoScaler.MinReplicas;
}

/// <summary>A model as a service uses it.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="Version">The registered version.</param>
/// <param name="Framework">A value of <see cref="Models.ModelFrameworks"/>; null when unknown.</param>
/// <param name="Manifest">Digest of its <see cref="Models.FileManifest"/>.</param>
public sealed record ServedModel(string Name, long Version, string? Framework, string Manifest);

/// <summary>How replicas are replaced. Default 1 more and 1 fewer than wanted, as v1 did (§1.6).</summary>
public sealed record RolloutStrategy
{
    /// <summary>Replicas above the wanted number during a rollout; 0 or more.</summary>
    public int MaxSurge { get; set; } = 1;

    /// <summary>Ready replicas below the wanted number during a rollout; 0 or more, not 0 together with
    /// <see cref="MaxSurge"/>. A service with one replica never goes below one ready replica when it may surge.</summary>
    public int MaxUnavailable { get; set; } = 1;
}
