using System.Buffers;
using System.Globalization;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>One request with one rented worker: sends it, and passes the answer on while it comes.</summary>
internal sealed partial class WorkerExchange(
    PythonWorker worker, HttpContext context, ScoringOptions options, TimeProvider time, ILogger logger)
{
    private readonly uint _stream = worker.NextStream();

    /// <summary>True when the worker is free for the next request; false when it has gone.</summary>
    public async Task<bool> RunAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        try
        {
            if (await SendAsync() is { } failure)
            {
                worker.Cancel(_stream);
                await DiscardAnswerAsync();
                await AnswerBadRequestAsync(failure);
                return true;
            }

            timeout.CancelAfter(TimeSpan.FromMilliseconds(options.ScoringTimeoutMs));
            // run() cannot be interrupted; this lets one that streams stop. The lease is kept until it has ended.
            await using (context.RequestAborted.UnsafeRegister(static self => ((WorkerExchange)self!).Cancel(), this))
            {
                await PassAnswerAsync(timeout);
            }

            return true;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            LogTimeout(options.ScoringTimeoutMs, worker.Id);
            await worker.KillAsync();
            var message = string.Create(CultureInfo.InvariantCulture, $"Scoring timeout after {options.ScoringTimeoutMs} ms");
            await ErrorResponse.WriteAsync(context, StatusCodes.Status500InternalServerError, message, runFunctionFailed: true);
            return false;
        }
        catch (WorkerLostException exception)
        {
            await worker.WaitForExitAsync();
            LogLost(worker.Id, worker.End, exception.Message);
            await ErrorResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, ErrorResponse.ScriptError, runFunctionFailed: true);
            return false;
        }
        catch (Exception)
        {
            // Nobody knows what it still sends: it must not serve again.
            await worker.KillAsync();
            throw;
        }
    }

    private void Cancel() => worker.Cancel(_stream);

    /// <summary>Sends head, body and end; returns the failure of the client's side, after which the stream is open.</summary>
    private async Task<Exception?> SendAsync()
    {
        var writer = worker.Writer;
        writer.WriteRequestHead(_stream, context.Request);
        try
        {
            await CopyBodyAsync(writer);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or OperationCanceledException
            || exception is IOException && context.RequestAborted.IsCancellationRequested)
        {
            await worker.FlushAsync();
            return exception;
        }

        writer.WriteEmpty(FrameKind.RequestEnd, _stream);
        await worker.FlushAsync();
        return null;
    }

    private async Task CopyBodyAsync(FrameWriter writer)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer)
            {
                for (var start = 0; start < segment.Length; start += FrameWriter.ChunkBytes)
                {
                    var length = Math.Min(FrameWriter.ChunkBytes, segment.Length - start);
                    writer.WriteBody(_stream, segment.Span.Slice(start, length));
                }

                if (writer.IsFlushDue)
                {
                    await worker.FlushAsync();
                }
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private async Task DiscardAnswerAsync()
    {
        while ((await NextAsync(CancellationToken.None)).Kind != FrameKind.ResponseEnd)
        {
        }
    }

    private async Task AnswerBadRequestAsync(Exception failure)
    {
        if (failure is BadHttpRequestException bad && !context.RequestAborted.IsCancellationRequested)
        {
            await ErrorResponse.WriteAsync(context, bad.StatusCode, ScoringFront.DescribeBadRequest(bad));
        }
    }

    private async Task PassAnswerAsync(CancellationTokenSource timeout)
    {
        var output = context.Response.BodyWriter;
        while (true)
        {
            var frame = await NextAsync(timeout.Token);
            switch (frame.Kind)
            {
                case FrameKind.ResponseHead:
                    // run() is done; how fast the client reads is no matter of the scoring timeout.
                    timeout.CancelAfter(Timeout.InfiniteTimeSpan);
                    ResponseHead.Apply(frame.Payload, context.Response);
                    break;
                case FrameKind.ResponseBody:
                    if (!context.RequestAborted.IsCancellationRequested)
                    {
                        foreach (var segment in frame.Payload)
                        {
                            output.Write(segment.Span);
                        }
                    }

                    if (!worker.HasMore || output.UnflushedBytes >= FrameWriter.ChunkBytes)
                    {
                        await output.FlushAsync(CancellationToken.None);
                    }

                    break;
                case FrameKind.ResponseEnd:
                    // The server sends by itself only what was written before anything was flushed.
                    if (output.UnflushedBytes > 0)
                    {
                        await output.FlushAsync(CancellationToken.None);
                    }

                    return;
                case FrameKind.RequestHead or FrameKind.RequestBody or FrameKind.RequestEnd or FrameKind.Cancel
                    or FrameKind.Shutdown or FrameKind.Hello or FrameKind.Ready or FrameKind.Failed:
                default:
                    throw new WorkerLostException($"The worker sent frame {frame.Kind} within an answer.");
            }
        }
    }

    private async ValueTask<Frame> NextAsync(CancellationToken cancellationToken)
    {
        var frame = await worker.ReadAsync(cancellationToken);
        return frame.Stream == _stream
            ? frame
            : throw new WorkerLostException($"The worker answered stream {frame.Stream} instead of {_stream}.");
    }

    [LoggerMessage(LogLevel.Error, "Scoring timeout after {TimeoutMs} ms: the worker with pid {Pid} is stopped and replaced. What it was doing follows")]
    private partial void LogTimeout(int timeoutMs, int pid);

    [LoggerMessage(LogLevel.Error, "The worker with pid {Pid} ended while it answered a request: {End}. {Detail}")]
    private partial void LogLost(int pid, string end, string detail);
}
