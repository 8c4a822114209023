using Fairlead.Contracts.Api;
using Fairlead.Gateway.Administration;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Routing;

/// <summary>The front of the gateway: finds what a path means and answers all that names no service.</summary>
internal sealed partial class GatewayMiddleware(
    ServiceTable services,
    ServiceRequestHandler handler,
    AdminEndpoint admin,
    IOptions<GatewayOptions> options,
    ILogger<GatewayMiddleware> logger)
{
    private readonly bool _redirects = options.Value.Tls.RedirectHttp;

    public async Task HandleAsync(HttpContext context)
    {
        var ids = RequestIds.From(context.Request.Headers);
        try
        {
            await RouteAsync(context, ids);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(exception, context.Request.Path.Value ?? "", ids.Id);
            await GatewayAnswers.InternalError.WriteAsync(context, ids);
        }
    }

    private Task RouteAsync(HttpContext context, RequestIds ids)
    {
        var request = context.Request;
        if (request.Headers.Connection is { Count: > 0 } options && HopByHop.IsNamedInAny(options, "close"))
        {
            CloseAfter(context.Response);
        }

        if (request.Headers.TransferEncoding.Count > 0 && IsAmbiguous(request.Headers))
        {
            CloseAfter(context.Response);
            return GatewayAnswers.BadFraming.WriteAsync(context, ids);
        }

        // Probes and load balancers do not follow.
        if (_redirects && !request.IsHttps && request.Path.Value is not ("/" or "" or null or Routes.Health))
        {
            return GatewayAnswers.UseHttps(HttpsUrl(context)).WriteAsync(context, ids);
        }

        if (!ServicePath.TryParse(request.Path.Value, out var path))
        {
            return request.Path.Value == Routes.GatewayStatus
                ? admin.HandleAsync(context, ids)
                : OwnPath(request).WriteAsync(context, ids);
        }

        if (services.Find(path.Service) is not { } service)
        {
            return GatewayAnswers.UnknownService(path.Service.ToString()).WriteAsync(context, ids);
        }

        if (!path.ReplicaPath.HasValue)
        {
            return GatewayAnswers.UnknownPath.WriteAsync(context, ids);
        }

        return HttpMethods.IsGet(request.Method) || HttpMethods.IsPost(request.Method) || HttpMethods.IsOptions(request.Method)
            ? handler.HandleAsync(
                context, service, path.ReplicaPath, path.RunsModel ? LeaseKind.Scoring : LeaseKind.Visit, ids)
            : GatewayAnswers.MethodNotAllowed.WriteAsync(context, ids);
    }

    private string HttpsUrl(HttpContext context)
    {
        var request = context.Request;
        var port = options.Value.Tls.PublicPort ?? options.Value.HttpsPort;
        var host = request.Host.Host is { Length: > 0 } named ? named : context.Connection.LocalIpAddress?.ToString() ?? "localhost";
        return UriHelper.BuildAbsolute(
            Uri.UriSchemeHttps, port is null or 443 ? new HostString(host) : new HostString(host, port.Value),
            path: request.Path, query: request.QueryString);
    }

    private static void CloseAfter(HttpResponse response) => response.OnStarting(
        static state => { ((HttpResponse)state).Headers.Connection = "close"; return Task.CompletedTask; }, response);

    // The server takes both lengths, keeps the chunks and renames the other; a proxy before us may have kept the other.
    private static bool IsAmbiguous(IHeaderDictionary headers) =>
        headers.ContainsKey("X-Content-Length") || headers.ContentLength is not null
        || !string.Equals(headers.TransferEncoding.ToString(), "chunked", StringComparison.OrdinalIgnoreCase);

    private static GatewayAnswer OwnPath(HttpRequest request) => request.Path.Value switch
    {
        "/" or "" or null => HttpMethods.IsGet(request.Method) ? GatewayAnswers.Root : GatewayAnswers.MethodNotAllowed,
        Routes.Health =>
            HttpMethods.IsGet(request.Method) ? GatewayAnswers.Health : GatewayAnswers.MethodNotAllowed,
        _ => GatewayAnswers.UnknownPath,
    };

    [LoggerMessage(LogLevel.Error, "Request {RequestId} for {Path} failed in the gateway")]
    private partial void LogFailed(Exception exception, string path, string requestId);
}
