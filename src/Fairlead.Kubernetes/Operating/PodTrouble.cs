namespace Fairlead.Kubernetes.Operating;

/// <summary>Why a pod is not ready and may never be.</summary>
/// <param name="Pod">Its name.</param>
/// <param name="Reason">Kubernetes' own word.</param>
/// <param name="Message">Kubernetes' message, or the last lines of the container's log.</param>
/// <param name="Restarts">How often the container was started again.</param>
/// <param name="ExitCode">Of the container; null when it never ran.</param>
/// <param name="Since">When it began; null when that is not known.</param>
internal sealed record PodTrouble(
    PodTroubleKind Kind, string Pod, string Reason, string Message, int Restarts, int? ExitCode, DateTimeOffset? Since);

/// <summary>Kinds of <see cref="PodTrouble"/>, worst first where several pods differ.</summary>
internal enum PodTroubleKind
{
    /// <summary>The pod's objects are not as they must be, for example a Secret is missing.</summary>
    Configuration,

    /// <summary>The image cannot be had.</summary>
    ImagePull,

    /// <summary>Models or source could not be downloaded.</summary>
    Preparation,

    /// <summary>The container ended by itself.</summary>
    Crash,
    OutOfMemory,

    /// <summary>Kubernetes ended it, since it did not answer its probe.</summary>
    LivenessProbe,

    /// <summary>No node has room, or none may take it.</summary>
    Unschedulable,
}
