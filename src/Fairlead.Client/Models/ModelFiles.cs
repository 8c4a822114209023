using Fairlead.Client.Blobs;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Models;

/// <summary>
/// Lists the files of a model: a file under its own name, a folder's files beneath the folder's base name (§3.6).
/// </summary>
internal static class ModelFiles
{
    public static IReadOnlyList<LocalFile> Collect(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full))
        {
            return [LocalFile.Of(Path.GetFileName(full), new FileInfo(full))];
        }

        if (!Directory.Exists(full))
        {
            throw MissingPath.Error("model path", path);
        }

        var name = Path.GetFileName(full);
        var files = new List<LocalFile>();
        Collect(new DirectoryInfo(full), name.Length == 0 ? "model" : name, [], files);
        return files.Count > 0
            ? files
            : throw FairleadException.InvalidArgument("model path", path, "a file, or a folder with files in it");
    }

    // Links are followed, since caches of model hubs are made of them; a link to a folder above would never end.
    private static void Collect(DirectoryInfo folder, string prefix, HashSet<string> above, List<LocalFile> files)
    {
        var real = folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName;
        if (!above.Add(real))
        {
            throw FairleadException.InvalidArgument(
                "model path", folder.FullName, "free of links to a folder that holds them");
        }

        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var path = $"{prefix}/{entry.Name}";
            if (entry is DirectoryInfo child)
            {
                Collect(child, path, above, files);
            }
            else
            {
                var target = entry.LinkTarget is null ? entry : entry.ResolveLinkTarget(returnFinalTarget: true);
                files.Add(target is FileInfo { Exists: true } file
                    ? LocalFile.Of(path, file)
                    : throw FairleadException.InvalidArgument("model path", entry.FullName, "a link to a file that exists"));
            }
        }

        above.Remove(real);
    }
}
