using Fairlead.Gateway.Listening;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Every request to the gateway: who it is for, whether it may, and to whom it goes.</summary>
internal sealed partial class ScoringRequests(
    RouteTable routes, ReplicaForwarding forwarding, GatewayMetrics metrics, IOptions<GatewayOptions> options,
    TimeProvider time, ILogger<ScoringRequests> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var path = context.Request.Path.Value ?? "";
        if (path is "/" or "/healthz")
        {
            await context.Response.WriteAsync("Healthy", context.RequestAborted);
            return;
        }

        var answer = Admit(context, path, out var service, out var replicaPath);
        if (answer is null)
        {
            metrics.Routed(service!.Name, time.GetElapsedTime(started));
            answer = await ScoreAsync(context, service, replicaPath!);
        }

        if (answer is not null && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await AnswerWriter.WriteAsync(context, answer);
        }

        metrics.Answered(
            service?.Name ?? "", context.Response.StatusCode, answer?.Reason ?? "", time.GetElapsedTime(started));
    }

    private GatewayAnswer? Admit(HttpContext context, string path, out ServiceEntry? service, out string? replicaPath)
    {
        service = null;
        if (!ScoringPath.TryParse(path, out var name, out replicaPath))
        {
            return GatewayAnswer.UnknownPath;
        }

        service = routes.Find(name);
        if (service is null)
        {
            return GatewayAnswer.UnknownService(name.ToString());
        }

        if (replicaPath is null)
        {
            return GatewayAnswer.UnknownPath;
        }

        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsPost(method) && !HttpMethods.IsOptions(method))
        {
            return GatewayAnswer.MethodNotAllowed;
        }

        var snapshot = service.Snapshot;
        var authorization = context.Request.Headers.Authorization;
        return !snapshot.NeedsKey || IsPreflight(context.Request) || snapshot.Keys.Accept(authorization)
            ? null
            : GatewayAnswer.Unauthorized(service.Name, anyKey: authorization.Count > 0);
    }

    private async Task<GatewayAnswer?> ScoreAsync(HttpContext context, ServiceEntry service, string replicaPath)
    {
        var (body, answer) = await BodyReading.BeginAsync(context, options.Value);
        if (answer is not null || context.RequestAborted.IsCancellationRequested)
        {
            body?.ReleasePrefix();
            return answer;
        }

        try
        {
            return await forwarding.ForwardAsync(context, service, replicaPath, body);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            LogFailed(error, service.Name);
            return GatewayAnswer.GatewayError;
        }
        finally
        {
            body?.ReleasePrefix();
        }
    }

    // Browsers send no key with a CORS preflight, so the script must be able to answer it (§3.9).
    private static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method)
        && request.Headers.ContainsKey(HeaderNames.Origin)
        && request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);

    [LoggerMessage(LogLevel.Error, "A request to {Service} failed in the gateway")]
    private partial void LogFailed(Exception error, string service);
}
