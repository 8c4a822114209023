namespace Fairlead.Scoring.Http;

/// <summary>The three ids of a request, filled in from each other as §3.4's table says.</summary>
/// <param name="Request">Null when the given one was refused.</param>
/// <param name="Legacy">Null when one was refused.</param>
/// <param name="Client">Null when there is none.</param>
/// <param name="Error">Why the request is refused; null when it is not.</param>
internal readonly record struct RequestIds(string? Request, string? Legacy, string? Client, string? Error)
{
    private const int MaxLength = 100;

    public static RequestIds From(string? request, string? legacy, string? client)
    {
        var id = string.IsNullOrEmpty(request) ? Guid.NewGuid().ToString() : request;
        if (id.Length > MaxLength)
        {
            return new RequestIds(null, null, null, "x-request-id must not exceed 100 characters");
        }

        client = string.IsNullOrEmpty(client) ? null : client;
        legacy = string.IsNullOrEmpty(legacy) ? null : legacy;
        client ??= legacy;
        legacy ??= client ?? id;
        return legacy.Length > MaxLength || client?.Length > MaxLength
            ? new RequestIds(id, null, null, "x-ms-request-id and x-ms-client-request-id must not exceed 100 characters")
            : new RequestIds(id, legacy, client, null);
    }
}
