using System.IO.Pipelines;
using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>Sends head, body and end of a request to a worker, as they come from the client.</summary>
internal sealed class RequestSender(PythonWorker worker, uint stream, HttpContext context, ScoringTimeout timeout)
{
    private volatile bool _isStopped;
    private volatile bool _waits;

    /// <summary>Sends no more of the body. Its reader can be used afterwards: a token would leave it in the middle of a
    /// read, and the server, unable to skip the rest, would cut the client off before it has read the answer.</summary>
    public void Stop()
    {
        _isStopped = true;
        if (_waits)
        {
            context.Request.BodyReader.CancelPendingRead();
        }
    }

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
        _waits = true;
        try
        {
            if (_isStopped)
            {
                throw new OperationCanceledException();
            }

            var read = await body.ReadAsync(CancellationToken.None);
            if (read.IsCanceled)
            {
                body.AdvanceTo(read.Buffer.Start);
                throw new OperationCanceledException();
            }

            timeout.Start();
            return read;
        }
        finally
        {
            _waits = false;
        }
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
