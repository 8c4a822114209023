using Fairlead.Client.Blobs;
using Fairlead.Client.Ignoring;
using Fairlead.Client.Models;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Snapshots;

/// <summary>Lists what of a source directory is uploaded (§7.1).</summary>
public static class SnapshotBuilder
{
    /// <exception cref="FairleadException">The directory is missing, a link leaves it, or it is over a limit.</exception>
    public static SnapshotFiles Build(string directory, SnapshotOptions options)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(root))
        {
            throw File.Exists(root)
                ? FairleadException.InvalidArgument("source directory", directory, "a folder; it is a file")
                : MissingPath.Error("source directory", directory);
        }

        var rules = IgnoreRules.ForRoot(root, options.UseIgnoreFiles);
        var walk = new SnapshotWalk(root);
        walk.Visit(new DirectoryInfo(root), "", rules);
        var files = walk.Files.OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        SnapshotLimits.Check(root, files, options, rules.FileName ?? IgnoreRules.AmlIgnore);
        return new SnapshotFiles(root, files, rules.FileName, walk.Ignored);
    }

    /// <summary>A snapshot of one file alone: an entry script without a source directory.</summary>
    public static SnapshotFiles OfFile(string path, SnapshotOptions options)
    {
        if (!File.Exists(path))
        {
            throw MissingPath.Error("entry script", path);
        }

        var file = new FileInfo(Path.GetFullPath(path));
        var files = new[] { LocalFile.Of(file.Name, file) };
        SnapshotLimits.Check(file.DirectoryName!, files, options, IgnoreRules.AmlIgnore);
        return new SnapshotFiles(file.DirectoryName!, files, null, new Dictionary<string, string>());
    }
}
