namespace Fairlead.Scoring.Admission;

/// <summary>Where a host is in its life; it only moves forward.</summary>
internal enum HostPhase
{
    /// <summary>Listening, but nothing can be scored yet.</summary>
    Starting,
    Ready,

    /// <summary>Asked to end: says so to probes, and still answers what arrives.</summary>
    Draining,

    /// <summary>Takes nothing more.</summary>
    Closed,
}
