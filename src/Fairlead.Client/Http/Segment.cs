namespace Fairlead.Client.Http;

/// <summary>Escapes one part of a path, with the colon of <c>name:version</c> left readable.</summary>
internal static class Segment
{
    public static string Of(string value) =>
        Uri.EscapeDataString(value).Replace("%3A", ":", StringComparison.OrdinalIgnoreCase);
}
