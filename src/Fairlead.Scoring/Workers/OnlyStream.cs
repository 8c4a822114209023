using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>The stream of a worker that serves one request at a time: read straight from its socket.</summary>
internal sealed class OnlyStream(PythonWorker worker) : IWorkerStream
{
    public uint Id { get; private set; }

    public bool HasMore => worker.HasMore;

    public OnlyStream Next()
    {
        Id++;
        return this;
    }

    public async ValueTask<Frame> ReadAsync(CancellationToken cancellationToken)
    {
        var frame = await worker.ReadAsync(cancellationToken);
        return frame.Stream == Id
            ? frame
            : throw new WorkerLostException($"The worker answered stream {frame.Stream} instead of {Id}.");
    }

    /// <summary>The socket itself holds the worker back.</summary>
    public ValueTask CreditAsync(int bytes) => ValueTask.CompletedTask;

    public void Close()
    {
    }
}
