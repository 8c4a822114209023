using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Fairlead.Contracts.Models;
using Fairlead.Scoring.Admission;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Logging;
using Fairlead.Scoring.Onnx;
using Fairlead.Scoring.Swagger;
using Fairlead.Scoring.Telemetry;
using Fairlead.Scoring.Workers;
using Microsoft.AspNetCore.Connections;

namespace Fairlead.Scoring.Hosting;

/// <summary>The life of a scoring host: listen, start the scorer, serve, drain, end.</summary>
internal sealed partial class ScoringHost(ScoringOptions options, TimeProvider time)
{
    /// <summary>Kestrel's own limit for connections that are still open once nothing is in flight.</summary>
    private static readonly TimeSpan ConnectionLimit = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ILogger _logger = Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public async Task<int> RunAsync()
    {
        if (options.EndWithParent)
        {
            NativeProcess.JoinErrorToOutput();
        }

        using var parent = options.EndWithParent ? new ParentWatch() : null;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

        // Each worker's answer may be waited for on a thread of the pool.
        ThreadPool.GetMinThreads(out var threads, out var completions);
        ThreadPool.SetMinThreads(threads + options.WorkerCount, completions);
        var gate = new ConcurrencyGate(options.MaxConcurrentRequests, time);
        await using var app = Build();
        _logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(ServerLogProvider.Server);
        LogInitializing();
        if (options.SettingsFile is { } file)
        {
            LogSettingsFile(file);
        }

        await using IScorer scorer = options.NoCodeFramework == ModelFrameworks.Onnx
            ? new OnnxScorer(options, time, _logger)
            : new PythonScorer(options, time, _logger);
        await using var telemetry = StartTelemetry();
        app.Run(new ScoringFront(options, scorer, gate, telemetry, time, _logger).HandleAsync);
        await ListenAsync(app);

        var exitCode = await ServeAsync(scorer, gate);
        await new Drain(gate, options.Drain, time, _logger).RunAsync();
        gate.Enter(HostPhase.Closed);
        using var limit = new CancellationTokenSource(ConnectionLimit, time);
        await app.StopAsync(limit.Token);
        return exitCode;
    }

    private ScoringTelemetry? StartTelemetry()
    {
        LogTelemetry();
        foreach (var remark in options.Remarks)
        {
            LogRemark(remark);
        }

        return options.Telemetry is { } telemetry ? new ScoringTelemetry(options, telemetry, time, _logger) : null;
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => KestrelSettings.Apply(kestrel, options));
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.Services.AddRequestDecompression();
        builder.Logging.AddProvider(new ServerLogProvider(time));
        builder.Logging.SetMinimumLevel(options.LogLevel);
        builder.Logging.AddFilter("Microsoft", options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        return builder.Build();
    }

    private async Task ListenAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new StartException(
                string.Create(CultureInfo.InvariantCulture,
                    $"Cannot listen on port {options.Port}: {exception.Message} Choose another with SERVER_PORT; 0 takes any that is free."),
                exception);
        }

        var port = new Uri(app.Urls.First()).Port;
        LogListening(port);
        if (options.PortFile is { } file)
        {
            await PortFile.WriteAsync(file, port);
        }
    }

    /// <summary>Serves until asked to stop, or until the scorer has failed; returns the exit code.</summary>
    private async Task<int> ServeAsync(IScorer scorer, ConcurrencyGate gate)
    {
        using var stopping = new CancellationTokenSource();
        var starting = scorer.StartAsync(stopping.Token);
        try
        {
            if (await Task.WhenAny(starting, _stopRequested.Task) != starting)
            {
                await stopping.CancelAsync();
                await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return ExitCodes.Success;
            }

            await starting;
        }
        catch (StartException exception)
        {
            LogBootFailure(exception.Message);
            return ExitCodes.BootFailure;
        }

        LogSwagger(SwaggerVersions.Describe(scorer.Schema.Versions));
        LogScoringTimeout(options.ScoringTimeoutMs);
        gate.Enter(HostPhase.Ready);
        if (await Task.WhenAny(_stopRequested.Task, scorer.Fatal) == _stopRequested.Task)
        {
            return ExitCodes.Success;
        }

        LogBootFailure((await scorer.Fatal).Message);
        return ExitCodes.BootFailure;
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _stopRequested.TrySetResult();
    }

    [LoggerMessage(LogLevel.Information, "Initializing logger")]
    private partial void LogInitializing();

    [LoggerMessage(LogLevel.Information, "Settings are taken from {Path}, where neither the command line nor a variable has them")]
    private partial void LogSettingsFile(string path);

    [LoggerMessage(LogLevel.Information, "Starting up app insights client")]
    private partial void LogTelemetry();

    [LoggerMessage(LogLevel.Warning, "{Remark}")]
    private partial void LogRemark(string remark);

    [LoggerMessage(LogLevel.Information, "Listening on port {Port}")]
    private partial void LogListening(int port);

    [LoggerMessage(LogLevel.Information, "{Prepared}")]
    private partial void LogSwagger(string prepared);

    [LoggerMessage(LogLevel.Information, "Scoring timeout is set to {TimeoutMs}")]
    private partial void LogScoringTimeout(int timeoutMs);

    [LoggerMessage(LogLevel.Error, "Start-up failed, the scoring host ends with exit code 3: {Reason}")]
    private partial void LogBootFailure(string reason);
}
