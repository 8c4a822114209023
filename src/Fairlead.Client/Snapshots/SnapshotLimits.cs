using System.Globalization;
using Fairlead.Client.Blobs;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Snapshots;

/// <summary>Refuses snapshots that are too large, and says what makes them so.</summary>
internal static class SnapshotLimits
{
    private const int Shown = 5;

    public static void Check(
        string root, IReadOnlyList<LocalFile> files, SnapshotOptions options, string ignoreFile)
    {
        var size = files.Sum(file => file.Size);
        var tooLarge = size > options.MaxBytes;
        if (!tooLarge && files.Count <= options.MaxFiles)
        {
            return;
        }

        var entries = files
            .GroupBy(file => file.Path[..(file.Path.IndexOf('/') + 1)] is { Length: > 0 } folder ? folder : file.Path)
            .Select(group => (Path: group.Key, Size: group.Sum(file => file.Size), Count: group.Count()))
            .OrderByDescending(entry => tooLarge ? entry.Size : entry.Count)
            .Take(Shown).ToList();
        var largest = string.Join(", ", entries.Select(entry => string.Create(
            CultureInfo.InvariantCulture, $"{entry.Path} ({Megabytes(entry.Size)}, {entry.Count} files)")));
        throw new FairleadException(new ErrorDocument(
            ErrorCodes.SnapshotTooLarge,
            400,
            string.Create(CultureInfo.InvariantCulture, $"""
                While attempting to take snapshot of {root}: Your total snapshot size exceeds the limit of {Megabytes(options.MaxBytes)} or {options.MaxFiles} files; it has {Megabytes(size)} in {files.Count} files. The largest entries are: {largest}. List what a service does not need in {ignoreFile} in that folder, one path a line; register large files as a model instead.
                """),
            [.. entries.Select(entry => new ErrorDetail(
                ErrorCodes.SnapshotTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"{entry.Size} bytes in {entry.Count} files"),
                entry.Path))]));
    }

    private static string Megabytes(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MB");
}
