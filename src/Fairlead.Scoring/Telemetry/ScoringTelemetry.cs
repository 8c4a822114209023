using Fairlead.Scoring.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Scoring.Telemetry;

/// <summary>Records requests as the documented server does (§3.7), where telemetry is on.</summary>
internal sealed class ScoringTelemetry : IAsyncDisposable
{
    private readonly TelemetryOptions _telemetry;
    private readonly TelemetryItem _item;
    private readonly TelemetrySender _sender;
    private readonly IReadOnlyList<string> _models;
    private readonly TimeProvider _time;

    public ScoringTelemetry(ScoringOptions options, TelemetryOptions telemetry, TimeProvider time, ILogger logger)
    {
        _telemetry = telemetry;
        _time = time;
        _item = new TelemetryItem(options, telemetry.Key, Environment.GetEnvironmentVariable("HOSTNAME") ?? "Unknown");
        _sender = new TelemetrySender(telemetry.Endpoint, time, logger);
        _models = telemetry.CollectsData ? ModelNames.Find(options.ModelDirectory) : [];
    }

    /// <summary>Handles a request and records it.</summary>
    public async Task WatchAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        var started = _time.GetUtcNow();
        var clock = _time.GetTimestamp();
        var input = _telemetry.CollectsData ? new BodyCapture() : null;
        var answer = _telemetry.IncludesAnswers || _telemetry.CollectsData ? new BodyCapture() : null;
        if (input is not null)
        {
            context.Request.Body = new CapturingStream(context.Request.Body, input);
        }

        if (answer is null)
        {
            await handle(context);
        }
        else
        {
            var own = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            var captured = new StreamResponseBodyFeature(new CapturingStream(own.Stream, answer), own);
            context.Features.Set<IHttpResponseBodyFeature>(captured);
            await handle(context);
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await captured.CompleteAsync();
            }

            context.Features.Set(own);
        }

        var facts = RequestFacts.Of(context, started, _time.GetElapsedTime(clock));
        _sender.Add(_item.Request(facts, _telemetry.IncludesAnswers ? answer?.ToString() : null));
        if (context.Features.Get<ScriptException>() is { } exception)
        {
            _sender.Add(_item.Exception(facts, exception));
        }

        if (input is not null && context.Request.Path == "/score")
        {
            _sender.Add(_item.CollectedData(facts, _models, input.ToString(), answer?.ToString()));
        }
    }

    /// <summary>Sends what is left, for a limited time.</summary>
    public ValueTask DisposeAsync() => _sender.DisposeAsync();
}
