using System.Globalization;

namespace Fairlead.Scoring.Telemetry;

/// <summary>The models of the service as <c>name:version</c>, by their folders (§3.6).</summary>
internal static class ModelNames
{
    public static IReadOnlyList<string> Find(string folder)
    {
        if (folder.Length == 0 || !Directory.Exists(folder))
        {
            return [];
        }

        var self = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return IsVersion(self) && self.Parent is { } model
            ? [$"{model.Name}:{self.Name}"]
            : [.. self.EnumerateDirectories().OrderBy(each => each.Name, StringComparer.Ordinal).SelectMany(
                each => each.EnumerateDirectories().Where(IsVersion).Select(version => $"{each.Name}:{version.Name}"))];
    }

    private static bool IsVersion(DirectoryInfo folder) =>
        int.TryParse(folder.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
