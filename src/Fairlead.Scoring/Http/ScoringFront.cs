using Fairlead.Scoring.Admission;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.InferenceProtocol;
using Fairlead.Scoring.Swagger;
using Fairlead.Scoring.Telemetry;

namespace Fairlead.Scoring.Http;

/// <summary>All of HTTP: ids, routes, admission, errors, access log (§3.2-3.4).</summary>
internal sealed partial class ScoringFront(
    ScoringOptions options, IScorer scorer, ConcurrencyGate gate, ScoringTelemetry? telemetry,
    TimeProvider time, ILogger logger)
{
    private static readonly string Version = $"fairlead/{typeof(ScoringFront).Assembly.GetName().Version?.ToString(3)}";

    private readonly Cors? _cors = options.CorsOrigins.Count > 0 ? new Cors(options.CorsOrigins) : null;
    private readonly SwaggerSource _swagger = new(options, scorer);

    public Task HandleAsync(HttpContext context) => telemetry is null || context.Request.Path == "/"
        ? AnswerAsync(context) : telemetry.WatchAsync(context, AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        try
        {
            if (AddHeaders(context) is { } error)
            {
                await ErrorResponse.WriteAsync(context, StatusCodes.Status431RequestHeaderFieldsTooLarge, error);
            }
            else
            {
                await RouteAsync(context);
            }
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            LogClientLeft(exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            await ErrorResponse.WriteAsync(context, exception.StatusCode, DescribeBadRequest(exception));
        }
        catch (Exception exception)
        {
            LogUnhandled(exception);
            await ErrorResponse.WriteAsync(context, StatusCodes.Status500InternalServerError, ErrorResponse.InternalError);
        }

        if (context.Request.Path.Value is "/score" or "/swagger.json" || IsProtocol(context))
        {
            LogAccess(context, time.GetElapsedTime(started));
        }
    }

    /// <summary>What to tell a client whose request the server could not read.</summary>
    public static string DescribeBadRequest(BadHttpRequestException exception) =>
        exception.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? $"The request body is larger than {KestrelSettings.MaxBodyBytes / (1024 * 1024)} MB, the most that is accepted."
            : exception.Message;

    private Task RouteAsync(HttpContext context)
    {
        _cors?.Apply(context);
        if (options.HealthPort is { } health && context.Connection.LocalPort == health && context.Request.Path != "/")
        {
            return ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, ErrorResponse.NotFound);
        }

        var method = context.Request.Method;
        return context.Request.Path.Value switch
        {
            "/" => method switch
            {
                "GET" or "HEAD" => HealthAsync(context),
                "OPTIONS" => AllowedAsync(context, "GET, HEAD, OPTIONS"),
                _ => WrongMethodAsync(context, "GET, HEAD, OPTIONS"),
            },
            "/score" => method switch
            {
                "GET" or "POST" => ScoreAsync(context),
                "OPTIONS" => scorer.IsRaw ? ScoreAsync(context) : EmptyAsync(context),
                _ => WrongMethodAsync(context, "GET, POST, OPTIONS"),
            },
            "/swagger.json" => method switch
            {
                "GET" or "HEAD" => _swagger.WriteAsync(context),
                "OPTIONS" => AllowedAsync(context, "GET, HEAD, OPTIONS"),
                _ => WrongMethodAsync(context, "GET, HEAD, OPTIONS"),
            },
            _ when IsProtocol(context) => ((IInferenceProtocol)scorer).HandleProtocolAsync(context, gate),
            _ => ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, ErrorResponse.NotFound),
        };
    }

    private bool IsProtocol(HttpContext context) =>
        scorer is IInferenceProtocol && context.Request.Path.StartsWithSegments("/v2", StringComparison.Ordinal);

    /// <summary>Adds what every answer bears; returns an error when an id is too long.</summary>
    private string? AddHeaders(HttpContext context)
    {
        var request = context.Request.Headers;
        var response = context.Response.Headers;
        var legacy = request[ScoringHeaders.LegacyRequestId];
        var ids = RequestIds.From(request[ScoringHeaders.RequestId], legacy, request[ScoringHeaders.ClientRequestId]);
        if (legacy.Count > 0 && context.Request.Path != "/")
        {
            LogDeprecatedId();
        }

        Set(ScoringHeaders.RequestId, ids.Request);
        Set(ScoringHeaders.LegacyRequestId, ids.Legacy);
        Set(ScoringHeaders.ClientRequestId, ids.Client);
        Set(ScoringHeaders.ServerVersion, options.ShowServerVersion ? Version : null);
        Set(ScoringHeaders.TraceId, request[ScoringHeaders.TraceId]);
        if (gate.Phase >= HostPhase.Draining)
        {
            response.Connection = "close";
        }

        return ids.Error;

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                response[name] = value;
            }
        }
    }

    private Task HealthAsync(HttpContext context)
    {
        var (status, text) = gate.Phase switch
        {
            HostPhase.Ready => (StatusCodes.Status200OK, "Healthy"),
            HostPhase.Starting => (StatusCodes.Status503ServiceUnavailable, "Starting"),
            HostPhase.Draining or HostPhase.Closed => (StatusCodes.Status503ServiceUnavailable, "Draining"),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    private async Task ScoreAsync(HttpContext context)
    {
        using var lease = gate.TryEnter(out var refusal);
        if (lease is null)
        {
            await ErrorResponse.WriteRefusedAsync(context, refusal);
            return;
        }

        if (!scorer.IsRaw)
        {
            BodyDecoding.Apply(context);
        }

        await scorer.ScoreAsync(context);
    }

    /// <summary>A preflight of a script that does not handle it itself (§3.2).</summary>
    private static Task EmptyAsync(HttpContext context)
    {
        context.Response.ContentLength = 0;
        context.Response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(false);
        return Task.CompletedTask;
    }

    private static Task AllowedAsync(HttpContext context, string methods)
    {
        context.Response.Headers.Allow = methods;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task WrongMethodAsync(HttpContext context, string methods)
    {
        context.Response.Headers.Allow = methods;
        return ErrorResponse.WriteAsync(
            context, StatusCodes.Status405MethodNotAllowed, ErrorResponse.MethodNotAllowed);
    }

    private void LogAccess(HttpContext context, TimeSpan taken) => LogAccess(
        context.Request.Method, context.Request.Path.Value + context.Request.QueryString.Value,
        context.Response.StatusCode, taken.TotalMilliseconds,
        context.Response.ContentLength is { } length ? length.ToString(System.Globalization.CultureInfo.InvariantCulture) : "N/A");

    [LoggerMessage(LogLevel.Information, "{Method} {Path} {Status} {Milliseconds:F3}ms {Length}")]
    private partial void LogAccess(string method, string path, int status, double milliseconds, string length);

    [LoggerMessage(LogLevel.Warning, "x-ms-request-id header has been deprecated and will be removed from future versions of the server. Please use x-ms-client-request-id.")]
    private partial void LogDeprecatedId();

    [LoggerMessage(LogLevel.Debug, "The client left before the answer had ended: {Message}")]
    private partial void LogClientLeft(string message);

    [LoggerMessage(LogLevel.Error, "Encountered Exception")]
    private partial void LogUnhandled(Exception exception);
}
