using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;

namespace Fairlead.Workspace.Snapshots;

/// <summary>What a manifest must be: its paths become files, so none may leave the folder or be two things at once.</summary>
internal static class ManifestRules
{
    private const int LongestPath = 4096;
    private const int LongestPart = 255;

    /// <summary>The manifest in its one form, sorted.</summary>
    /// <exception cref="FairleadException"><c>InvalidArgument</c> that names the path.</exception>
    public static FileManifest Check(FileManifest manifest)
    {
        if (manifest.Files is null)
        {
            throw FairleadException.InvalidArgument("manifest.files", null, "a list of files");
        }

        var paths = new HashSet<string>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in manifest.Files)
        {
            Check(file);
            if (!paths.Add(file.Path))
            {
                throw FairleadException.InvalidArgument("manifest.files.path", file.Path, "named only once");
            }

            for (var slash = file.Path.IndexOf('/'); slash > 0; slash = file.Path.IndexOf('/', slash + 1))
            {
                folders.Add(file.Path[..slash]);
            }
        }

        return paths.FirstOrDefault(folders.Contains) is { } both
            ? throw FairleadException.InvalidArgument("manifest.files.path", both, "either a file or a folder, not both")
            : new FileManifest([.. manifest.Files.OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    private static void Check(ManifestFile? file)
    {
        if (!IsPlain(file?.Path))
        {
            throw FairleadException.InvalidArgument(
                "manifest.files.path",
                file?.Path,
                "a relative path with '/' between its parts, without '.', '..', '\\' or control characters");
        }

        if (!Digest.IsValid(file!.Digest))
        {
            throw FairleadException.InvalidArgument(
                "manifest.files.digest", file.Digest, "'sha256:' and 64 lower-case hexadecimal digits");
        }

        if (file.Size < 0)
        {
            throw FairleadException.InvalidArgument("manifest.files.size", file.Size, "0 or more");
        }
    }

    private static bool IsPlain(string? path) =>
        path is { Length: > 0 and <= LongestPath }
        && path.Split('/').All(part => part is not ("" or "." or "..") && part.Length <= LongestPart)
        && !path.Any(c => c == '\\' || char.IsControl(c));
}
