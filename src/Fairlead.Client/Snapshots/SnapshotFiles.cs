using Fairlead.Client.Blobs;

namespace Fairlead.Client.Snapshots;

/// <summary>The files of a source directory that go into its snapshot.</summary>
/// <param name="Root">The source directory.</param>
/// <param name="Files">Sorted by path.</param>
/// <param name="IgnoreFile">Name of the ignore file in force; null when there is none.</param>
/// <param name="Ignored">Each entry left out, with the reason: of an ignored folder only itself.</param>
public sealed record SnapshotFiles(
    string Root, IReadOnlyList<LocalFile> Files, string? IgnoreFile, IReadOnlyDictionary<string, string> Ignored)
{
    /// <summary>Total size.</summary>
    public long SizeBytes => Files.Sum(file => file.Size);

    /// <summary>Why a path is not in the snapshot although it is on disk; null when nothing ignores it.</summary>
    public string? WhyIgnored(string path)
    {
        for (var part = path; part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf('/'))])
        {
            if (Ignored.TryGetValue(part, out var reason))
            {
                return reason;
            }
        }

        return null;
    }
}
