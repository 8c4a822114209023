using System.Buffers;
using System.Globalization;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Protocol;
using Fairlead.Scoring.Telemetry;

namespace Fairlead.Scoring.Workers;

/// <summary>One request with one worker: its body goes there while the answer comes back.</summary>
internal sealed partial class WorkerExchange(
    PythonWorker worker, WorkerPool pool, HttpContext context, ScoringOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>For a coroutine to end once it was cancelled; a worker that others share is not killed before.</summary>
    private static readonly TimeSpan CancelTime = TimeSpan.FromSeconds(1);

    private readonly IWorkerStream _stream = worker.Open();
    private bool _begun;
    private bool _isFree;
    private bool _discards;

    /// <summary>Gives the worker back to the pool once its part is done, unless it has gone.</summary>
    public async Task RunAsync()
    {
        using var timeout = new ScoringTimeout(options.ScoringTimeoutMs, time);
        var sender = new RequestSender(worker, _stream.Id, context, timeout);
        var sending = sender.SendAsync();
        try
        {
            // run() cannot be interrupted; this lets one that streams stop. The lease is kept until it has ended.
            await using (context.RequestAborted.UnsafeRegister(static self => ((WorkerExchange)self!).Cancel(), this))
            {
                if (await AnswerAsync(sender, sending, timeout) is { } failure)
                {
                    await AnswerBadRequestAsync(failure);
                }
            }
        }
        catch (OperationCanceledException) when (timeout.Token.IsCancellationRequested)
        {
            await EndLateAsync();
        }
        catch (WorkerLostException exception)
        {
            await worker.WaitForExitAsync();
            LogLost(worker.Id, worker.End, exception.Message);
            await ErrorResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, ErrorResponse.ScriptError, runFunctionFailed: true);
        }
        catch (Exception) when (!_isFree)
        {
            // Nobody knows what it still sends: it must not serve again.
            await worker.KillAsync();
            throw;
        }
        finally
        {
            sender.Stop();
            await sending;
            _stream.Close();
        }
    }

    private void Cancel()
    {
        if (!_isFree)
        {
            _ = worker.CancelAsync(_stream.Id);
        }
    }

    /// <summary>Passes the answer on; returns the failure of the client's side, after which nothing was passed on.</summary>
    private async Task<Exception?> AnswerAsync(RequestSender sender, Task<Exception?> sending, ScoringTimeout timeout)
    {
        var answering = PassAnswerAsync(sending, timeout);
        if (await Task.WhenAny(sending, answering) == sending)
        {
            _discards = await sending is not null && !_begun;
        }

        await answering;
        // An answer may come before the body has been sent: the rest is of no use.
        sender.Stop();
        var failure = await sending;
        Free();
        return _begun ? null : failure;
    }

    private async Task AnswerBadRequestAsync(Exception failure)
    {
        if (failure is BadHttpRequestException bad && !context.RequestAborted.IsCancellationRequested)
        {
            await ErrorResponse.WriteAsync(context, bad.StatusCode, ScoringFront.DescribeBadRequest(bad));
        }
    }

    /// <summary>The worker has ended this stream, and the stream its body: it can take the next request.</summary>
    private void Free()
    {
        if (!_isFree)
        {
            _isFree = true;
            _stream.Close();
            pool.Return(worker);
        }
    }

    private async Task PassAnswerAsync(Task sending, ScoringTimeout timeout)
    {
        var output = context.Response.BodyWriter;
        while (true)
        {
            var frame = await _stream.ReadAsync(timeout.Token);
            switch (frame.Kind)
            {
                case FrameKind.ResponseHead:
                    // run() is done, or yields; how fast the client reads is no matter of the scoring timeout.
                    timeout.End();
                    if (!_discards)
                    {
                        _begun = true;
                        ResponseHead.Apply(frame.Payload, context.Response);
                    }

                    break;
                case FrameKind.ResponseBody:
                    await PassBodyAsync(frame.Payload, output);
                    break;
                case FrameKind.ResponseEnd:
                    if (sending.IsCompleted)
                    {
                        Free();
                    }

                    // The server sends by itself only what was written before anything was flushed.
                    if (output.UnflushedBytes > 0)
                    {
                        await output.FlushAsync(CancellationToken.None);
                    }

                    return;
                case FrameKind.Exception:
                    context.Features.Set(ScriptException.Read(frame.Payload));
                    break;
                case FrameKind.ResponseAbort:
                    await output.FlushAsync(CancellationToken.None);
                    context.Abort();
                    return;
                case FrameKind.RequestHead or FrameKind.RequestBody or FrameKind.RequestEnd or FrameKind.Cancel
                    or FrameKind.Shutdown or FrameKind.Credit or FrameKind.Hello or FrameKind.Ready or FrameKind.Failed:
                default:
                    throw new WorkerLostException($"The worker sent frame {frame.Kind} within an answer.");
            }
        }
    }

    private async ValueTask PassBodyAsync(ReadOnlySequence<byte> payload, System.IO.Pipelines.PipeWriter output)
    {
        var bytes = (int)payload.Length;
        if (!_discards && !context.RequestAborted.IsCancellationRequested)
        {
            foreach (var segment in payload)
            {
                output.Write(segment.Span);
            }

            if (!_stream.HasMore || output.UnflushedBytes >= FrameWriter.ChunkBytes)
            {
                await output.FlushAsync(CancellationToken.None);
            }
        }

        await _stream.CreditAsync(bytes);
    }

    /// <summary>After the scoring timeout: a worker that others share is only asked, if it can listen.</summary>
    private async Task EndLateAsync()
    {
        var lives = worker.IsShared && await CancelsInTimeAsync();
        if (!lives)
        {
            LogTimeout(options.ScoringTimeoutMs, worker.Id);
            await worker.KillAsync();
        }

        var message = string.Create(CultureInfo.InvariantCulture, $"Scoring timeout after {options.ScoringTimeoutMs} ms");
        await ErrorResponse.WriteAsync(
            context, StatusCodes.Status500InternalServerError, message, runFunctionFailed: true);
        if (lives)
        {
            Free();
        }
    }

    private async Task<bool> CancelsInTimeAsync()
    {
        Cancel();
        using var limit = new CancellationTokenSource(CancelTime, time);
        try
        {
            while ((await _stream.ReadAsync(limit.Token)).Kind is not (FrameKind.ResponseEnd or FrameKind.ResponseAbort))
            {
            }

            LogCancelled(options.ScoringTimeoutMs, worker.Id);
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or WorkerLostException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Scoring timeout after {TimeoutMs} ms: the worker with pid {Pid} is stopped and replaced. What it was doing follows")]
    private partial void LogTimeout(int timeoutMs, int pid);

    [LoggerMessage(LogLevel.Error, "Scoring timeout after {TimeoutMs} ms: run() was cancelled in the worker with pid {Pid}")]
    private partial void LogCancelled(int timeoutMs, int pid);

    [LoggerMessage(LogLevel.Error, "The worker with pid {Pid} ended while it answered a request: {End}. {Detail}")]
    private partial void LogLost(int pid, string end, string detail);
}
