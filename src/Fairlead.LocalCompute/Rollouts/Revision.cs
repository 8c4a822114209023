using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Replicas;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>One set of processes' worth of a service: the generations that one <see cref="ProcessKey"/> can serve.</summary>
/// <remarks>Guarded by the gate of its <see cref="ServiceReconciler"/>.</remarks>
internal sealed class Revision(ScoringService service, string key)
{
    /// <summary>The service as of the first generation; names the folder and the version that user code sees.</summary>
    public ScoringService Origin { get; } = service;

    /// <summary>The service as of the newest generation it serves.</summary>
    public ScoringService Latest { get; set; } = service;

    public string Key { get; } = key;

    public bool IsPreparing { get; set; }

    public PreparedApp? Prepared { get; set; }

    /// <summary>What preparation does now; null when it does nothing.</summary>
    public string? Activity { get; set; }

    /// <summary>Why it cannot run; null while it can, or may.</summary>
    public ErrorDocument? Error { get; set; }

    /// <summary>Whether it has had all the replicas it was meant to have at once: after that, a crash is no failed rollout.</summary>
    public bool HasCompleted { get; set; }

    /// <summary>Whether a replica of it has been ready.</summary>
    public bool HasServed { get; set; }
}
