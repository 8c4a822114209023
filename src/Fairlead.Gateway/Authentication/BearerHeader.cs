namespace Fairlead.Gateway.Authentication;

/// <summary>Reads <c>Authorization: Bearer …</c> (§4.1).</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer ";

    /// <summary>The credential, or an empty span when the header has another scheme or no value.</summary>
    public static ReadOnlySpan<char> Credential(string? header)
    {
        var value = header.AsSpan().Trim();
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].TrimStart() : default;
    }
}
