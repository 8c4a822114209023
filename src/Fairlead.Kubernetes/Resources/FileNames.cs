namespace Fairlead.Kubernetes.Resources;

/// <summary>The name of a file by its URL.</summary>
internal static class FileNames
{
    /// <summary>The last part of the URL's path, unescaped; null when there is none that can name a file.</summary>
    public static string? LastPart(string url)
    {
        var name = Uri.UnescapeDataString(new Uri(url).Segments[^1]).Trim('/');
        return name is "" or "." or ".." || name.Contains('/') || name.Contains('\0') ? null : name;
    }
}
