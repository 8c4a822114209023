using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Routing;

/// <summary>The ids of a request and its answer: the table of §3.4.</summary>
internal readonly struct RequestIds
{
    public const string Request = "x-request-id";
    public const string MsRequest = "x-ms-request-id";
    public const string MsClient = "x-ms-client-request-id";

    // Longer ones are an error that the scoring host reports; the gateway's own answers must not echo them (§3.3).
    private const int MaxLength = 100;

    private readonly string _msRequest;
    private readonly string? _msClient;

    private RequestIds(string id, string msRequest, string? msClient)
    {
        Id = id;
        _msRequest = msRequest;
        _msClient = msClient;
    }

    /// <summary>The value of <c>x-request-id</c>: the caller's, else a new GUID.</summary>
    public string Id { get; }

    public static RequestIds From(IHeaderDictionary request)
    {
        var id = Read(request, Request) ?? NewId();
        var ms = Read(request, MsRequest);
        var client = Read(request, MsClient);
        return new RequestIds(id, ms ?? client ?? id, client ?? ms);
    }

    /// <summary>Adds those the replica has not set.</summary>
    public void AddMissingTo(IHeaderDictionary response)
    {
        response.TryAdd(Request, Id);
        response.TryAdd(MsRequest, _msRequest);
        if (_msClient is not null)
        {
            response.TryAdd(MsClient, _msClient);
        }
    }

    // A random GUID that is unique, not secret: the generator of Guid.NewGuid asks the system each time.
    private static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static string? Read(IHeaderDictionary headers, string name)
    {
        var value = headers[name].ToString();
        return value.Length is > 0 and <= MaxLength && value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? value : null;
    }
}
