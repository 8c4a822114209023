namespace Fairlead.Client.Snapshots;

/// <summary>How a snapshot of a source directory is made.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Most bytes, in units of 1024². Default 300 MB (§7.1).</summary>
    public long MaxBytes { get; init; } = 300L * 1024 * 1024;

    /// <summary>Most files. Default 2000 (§7.1).</summary>
    public int MaxFiles { get; init; } = 2000;

    /// <summary>Whether <c>.amlignore</c> or <c>.gitignore</c> is heeded. Default true (§9).</summary>
    public bool UseIgnoreFiles { get; init; } = true;
}
