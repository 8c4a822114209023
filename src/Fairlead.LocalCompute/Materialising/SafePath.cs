using Fairlead.Contracts.Errors;

namespace Fairlead.LocalCompute.Materialising;

/// <summary>Joins a path from a manifest to a folder, and refuses one that would leave it.</summary>
internal static class SafePath
{
    public static string Join(string folder, string relative)
    {
        var parts = relative.Split('/');
        return parts.Any(part => part is "" or "." or ".." || part.Contains('\0'))
            ? throw FairleadException.InvalidArgument(
                "path", relative, "relative, with '/' between parts, and without empty parts, '.' or '..'")
            : Path.Combine([folder, .. parts]);
    }
}
