namespace Fairlead.Client.Http;

/// <summary>What headers of an answer say.</summary>
internal static class ResponseHeaders
{
    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>The operation that <c>Operation-Location</c> names (§6.2); null when there is none.</summary>
    public static string? OperationId(this HttpResponseMessage response) => response.Header("Operation-Location") is { } location
        ? Uri.UnescapeDataString(location.Split('?')[0].TrimEnd('/').Split('/')[^1])
        : null;
}
