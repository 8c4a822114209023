using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;

namespace Fairlead.Workspace.Snapshots;

/// <summary>Refuses snapshots that are too large (§7.1), and says what makes them so.</summary>
internal static class SnapshotLimits
{
    private const int Shown = 5;

    public static void Check(FileManifest manifest, string? name, WorkspaceOptions options)
    {
        var size = manifest.Files.Sum(file => Math.Max(0, file.Size));
        var isLarge = size > options.SnapshotMaxBytes;
        if (!isLarge && manifest.Files.Count <= options.SnapshotMaxFiles)
        {
            return;
        }

        var largest = manifest.Files
            .GroupBy(file => file.Path.IndexOf('/') is var slash and > 0 ? file.Path[..(slash + 1)] : file.Path)
            .Select(group => (Path: group.Key, Size: group.Sum(file => file.Size), Count: group.Count()))
            .OrderByDescending(entry => isLarge ? entry.Size : entry.Count)
            .Take(Shown)
            .ToList();
        var list = string.Join(", ", largest.Select(entry => $"{entry.Path} ({Text(entry.Size, entry.Count)})"));
        throw new FairleadException(new ErrorDocument(
            ErrorCodes.SnapshotTooLarge,
            400,
            $"While attempting to take snapshot of {name ?? "the source directory"}: Your total snapshot size exceeds the limit of "
            + $"{Text(options.SnapshotMaxBytes, options.SnapshotMaxFiles)}; it has {Text(size, manifest.Files.Count)}. "
            + $"The largest entries are: {list}. List what a service does not need in .amlignore; register large files "
            + "as a model instead.",
            [.. largest.Select(entry => new ErrorDetail(
                ErrorCodes.SnapshotTooLarge, Text(entry.Size, entry.Count), entry.Path))]));
    }

    private static string Text(long bytes, int files) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MB, {files} files");
}
