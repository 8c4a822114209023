namespace Fairlead.Gateway.Shadowing;

/// <summary>What became of the copy of a request: the values of <c>outcome</c> (docs/metrics.md).</summary>
internal static class ShadowOutcomes
{
    /// <summary>Status and body were those of the answer that the client got.</summary>
    public const string Same = "same";

    public const string DifferentStatus = "different-status";

    public const string DifferentBody = "different-body";

    /// <summary>It was sent, and no whole answer came in time.</summary>
    public const string Failed = "failed";

    /// <summary>No replica could take it.</summary>
    public const string Dropped = "dropped";

    /// <summary>The request's body was not held, so there was nothing to copy.</summary>
    public const string Skipped = "skipped";
}
