using Microsoft.Net.Http.Headers;

namespace Fairlead.Host.GatewayRole;

/// <summary>Before a gateway stops: answers as ever, but tells callers to close their connections, so that they connect to
/// another gateway instead of finding a closed port. A load balancer takes a moment to know that this one goes.</summary>
internal sealed class CallerFarewell
{
    private volatile bool _isBegun;

    public void Begin() => _isBegun = true;

    public RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        // Later versions of HTTP say it by themselves, when the server stops.
        if (_isBegun && (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)))
        {
            context.Response.Headers[HeaderNames.Connection] = "close";
        }

        return next(context);
    };
}
