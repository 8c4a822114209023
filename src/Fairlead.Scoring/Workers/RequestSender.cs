using System.IO.Pipelines;
using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>Sends head, body and end of a request to a worker, as they come from the client.</summary>
internal sealed class RequestSender(PythonWorker worker, uint stream, HttpContext context, ScoringTimeout timeout) : IDisposable
{
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>Sends no more of the body.</summary>
    public void Stop() => _stopped.Cancel();

    /// <summary>Returns the failure of the client's side; the stream is cancelled then. A worker that has gone is found out
    /// by who reads its answer.</summary>
    public async Task<Exception?> SendAsync()
    {
        try
        {
            return await SendAllAsync();
        }
        catch (Exception exception) when (exception is WorkerLostException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    public void Dispose() => _stopped.Dispose();

    private async Task<Exception?> SendAllAsync()
    {
        var body = context.Request.BodyReader;
        var begun = false;
        while (true)
        {
            ReadResult read;
            try
            {
                if (!body.TryRead(out read))
                {
                    if (!begun)
                    {
                        await WriteAsync(default, begun, ends: false);
                        begun = true;
                    }

                    read = await WaitForClientAsync(body);
                }
            }
            catch (Exception exception) when (exception is BadHttpRequestException or OperationCanceledException or IOException)
            {
                if (!begun)
                {
                    await WriteAsync(default, begun, ends: false);
                }

                await worker.CancelAsync(stream);
                return exception;
            }

            if (read.IsCompleted || !begun)
            {
                timeout.Start();
            }

            await WriteAsync(read, begun, read.IsCompleted);
            begun = true;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private async ValueTask<ReadResult> WaitForClientAsync(PipeReader body)
    {
        timeout.Pause();
        var read = await body.ReadAsync(_stopped.Token);
        timeout.Start();
        return read;
    }

    private async ValueTask WriteAsync(ReadResult read, bool begun, bool ends)
    {
        await worker.WriteTurn.WaitAsync();
        try
        {
            var writer = worker.Writer;
            if (!begun)
            {
                writer.WriteRequestHead(stream, context.Request);
            }

            if (!read.Buffer.IsEmpty)
            {
                await writer.WriteBodyAsync(stream, read.Buffer, CancellationToken.None);
            }

            if (ends)
            {
                writer.WriteEmpty(FrameKind.RequestEnd, stream);
            }

            await worker.FlushAsync();
        }
        finally
        {
            worker.WriteTurn.Release();
        }
    }
}
