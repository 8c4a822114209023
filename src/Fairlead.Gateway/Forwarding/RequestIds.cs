using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Gateway.Forwarding;

/// <summary>The request-id headers of §3.4, for answers that no replica made.</summary>
internal static class RequestIds
{
    private const string RequestId = "x-request-id";
    private const string MsRequestId = "x-ms-request-id";
    private const string MsClientRequestId = "x-ms-client-request-id";
    private const int LongestId = 100;

    public static void Answer(IHeaderDictionary request, IHeaderDictionary response)
    {
        var client = Given(request[MsClientRequestId]);
        var ms = Given(request[MsRequestId]);
        var id = Given(request[RequestId]) ?? Guid.NewGuid().ToString();
        response[RequestId] = id;
        response[MsRequestId] = ms ?? client ?? id;
        if ((client ?? ms) is { } echoed)
        {
            response[MsClientRequestId] = echoed;
        }
    }

    // Longer ones are refused by replicas (§3.3), so they are not sent back either.
    private static string? Given(StringValues value) => value is [{ Length: > 0 and <= LongestId } id] ? id : null;
}
