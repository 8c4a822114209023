using Fairlead.Client.Naming;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Models;

/// <summary>Says that a path is not there and what is there instead.</summary>
internal static class MissingPath
{
    private const int Shown = 10;

    public static FairleadException Error(string what, string path)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? "/";
        if (!Directory.Exists(folder))
        {
            return new FairleadException(
                ErrorCodes.InvalidArgument, 400, $"{what} '{path}' is not there, nor is its folder '{folder}'");
        }

        var names = Directory.EnumerateFileSystemEntries(folder)
            .Select(entry => Path.GetFileName(entry) + (Directory.Exists(entry) ? "/" : ""))
            .Order(StringComparer.Ordinal).ToList();
        var list = names.Count == 0
            ? "nothing"
            : string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");
        var hint = NearestName.Hint(Path.GetFileName(full), names.Select(name => name.TrimEnd('/')));
        return new FairleadException(
            ErrorCodes.InvalidArgument, 400, $"{what} '{path}' is not there{hint}{(hint.Length == 0 ? ";" : "")} '{folder}' has: {list}");
    }
}
