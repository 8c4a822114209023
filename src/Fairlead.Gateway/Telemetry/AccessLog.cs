using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Telemetry;

/// <summary>Writes one line of JSON for each request that has ended. A request only adds bytes to a buffer; a loop of its own
/// brings them to the file. When the file is slower than requests come, lines are dropped and counted.</summary>
internal sealed partial class AccessLog(
    IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<AccessLog> logger) : BackgroundService
{
    /// <summary>Most bytes that wait for the file.</summary>
    public const int MaxBuffered = 4 * 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly AccessLogOptions _options = options.Value.AccessLog;
    private readonly Lock _lock = new();
    private readonly PeriodicTimer _timer = new(Pause, time);
    private ArrayBufferWriter<byte> _filling = new(64 * 1024);
    private ArrayBufferWriter<byte> _writing = new(64 * 1024);
    private Utf8JsonWriter? _json;
    private bool _failed;

    public bool IsEnabled { get; } = options.Value.AccessLog.Path is { Length: > 0 };

    public void Write(RequestRecord record, int status, string outcome, TimeSpan duration)
    {
        lock (_lock)
        {
            if (_filling.WrittenCount > MaxBuffered)
            {
                metrics.LogDropped();
                return;
            }

            var json = _json ??= new Utf8JsonWriter(_filling, new JsonWriterOptions { SkipValidation = true });
            json.Reset(_filling);
            json.WriteStartObject();
            json.WriteString("time"u8, time.GetUtcNow());
            json.WriteString("service"u8, record.Service);
            json.WriteString("method"u8, record.Method);
            json.WriteString("path"u8, record.Path);
            json.WriteNumber("code"u8, status);
            json.WriteString("reason"u8, outcome);
            json.WriteString("replica"u8, record.Replica);
            json.WriteNumber("attempts"u8, record.Attempts);
            json.WriteNumber("queueWaitMs"u8, Milliseconds(record.QueueWait));
            if (record.Routing is { } routing)
            {
                json.WriteNumber("routingMs"u8, Milliseconds(routing));
            }

            json.WriteNumber("durationMs"u8, Milliseconds(duration));
            json.WriteNumber("bytesIn"u8, record.BytesIn);
            json.WriteNumber("bytesOut"u8, record.BytesOut);
            json.WriteString("requestId"u8, record.RequestId);
            if (record.Span is { } span)
            {
                json.WriteString("traceId"u8, span.TraceId.ToHexString());
            }
            else if (record.TraceParent is { } traceParent)
            {
                json.WriteString("traceId"u8, TraceContext.TraceId(traceParent));
            }

            json.WriteEndObject();
            json.Flush();
            _filling.Write("\n"u8);
        }
    }

    /// <summary>Brings what has come so far to the file.</summary>
    public async Task FlushAsync()
    {
        lock (_lock)
        {
            (_filling, _writing) = (_writing, _filling);
        }

        if (_writing.WrittenCount == 0)
        {
            return;
        }

        try
        {
            await AppendAsync(_writing.WrittenMemory);
            _failed = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Once: a full disk would otherwise fill the other log too.
            if (!_failed)
            {
                LogFailed(exception, _options.Path!);
            }

            _failed = true;
        }
        finally
        {
            _writing.ResetWrittenCount();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (IsEnabled)
        {
            await FlushAsync();
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        _json?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (IsEnabled && await _timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // Opened anew each time, so that a file that was moved away is made again.
    private async Task AppendAsync(ReadOnlyMemory<byte> lines)
    {
        var path = _options.Path!;
        if (path == "-")
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(lines);
            return;
        }

        long length;
        await using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0))
        {
            await file.WriteAsync(lines);
            length = file.Position;
        }

        if (length > _options.MaxFileBytes)
        {
            File.Move(path, path + ".1", overwrite: true);
        }
    }

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);

    [LoggerMessage(LogLevel.Error, "The access log cannot be written to {Path}; its lines are lost until it can")]
    private partial void LogFailed(Exception exception, string path);
}
