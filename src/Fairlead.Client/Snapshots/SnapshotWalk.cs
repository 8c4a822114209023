using Fairlead.Client.Blobs;
using Fairlead.Client.Ignoring;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Snapshots;

/// <summary>Visits a source directory. Links inside it are followed as if they were what they point to.</summary>
internal sealed class SnapshotWalk(string root)
{
    private readonly string _realRoot = RealPath(new DirectoryInfo(root));
    private readonly HashSet<string> _above = new(StringComparer.Ordinal);

    public List<LocalFile> Files { get; } = [];

    public Dictionary<string, string> Ignored { get; } = new(StringComparer.Ordinal);

    public void Visit(DirectoryInfo folder, string path, IgnoreRules rules)
    {
        var real = RealPath(folder);
        if (!_above.Add(real))
        {
            throw Refused(path, $"links to '{real}', a folder that holds it");
        }

        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var entryPath = path.Length == 0 ? entry.Name : $"{path}/{entry.Name}";
            var isFolder = entry is DirectoryInfo;
            if (rules.WhyIgnored(entryPath, isFolder) is { } reason)
            {
                Ignored[entryPath] = reason;
                continue;
            }

            var target = entry.LinkTarget is null ? entry : TargetOf(entry, entryPath);
            if (target is DirectoryInfo)
            {
                Visit((DirectoryInfo)entry, entryPath, rules.Enter(entryPath, entry.FullName));
            }
            else
            {
                Files.Add(LocalFile.Of(entryPath, (FileInfo)target));
            }
        }

        _above.Remove(real);
    }

    private FileSystemInfo TargetOf(FileSystemInfo link, string path)
    {
        var target = link.ResolveLinkTarget(returnFinalTarget: true);
        if (target is not { Exists: true })
        {
            throw Refused(path, $"links to '{link.LinkTarget}', which is not there");
        }

        var real = RealPath(target);
        return real == _realRoot || real.StartsWith(_realRoot + "/", StringComparison.Ordinal)
            ? target
            : throw Refused(path, $"links to '{real}', outside the source directory '{root}'");
    }

    // The path with every link on its way resolved, those of the folders above too.
    private static string RealPath(FileSystemInfo entry)
    {
        var real = "/";
        foreach (var part in entry.FullName.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = new FileInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return real;
    }

    private static FairleadException Refused(string path, string why) => new(new ErrorDocument(
        ErrorCodes.InvalidArgument,
        400,
        $"'{path}' {why}; copy what it points to into the source directory, or list it in .amlignore",
        [new ErrorDetail(ErrorCodes.InvalidArgument, why, path)]));
}
