using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Workers;

/// <summary>The open streams of a worker that serves several requests at a time; one loop reads for all of them.</summary>
internal sealed class SharedStreams
{
    /// <summary>Given back in steps of this size.</summary>
    private const int CreditStep = 256 * 1024;

    private readonly ConcurrentDictionary<uint, Stream> _open = new();
    private readonly PythonWorker _worker;
    private uint _last;
    private WorkerLostException? _lost;

    public SharedStreams(PythonWorker worker)
    {
        _worker = worker;
        _ = DispatchAsync();
    }

    public IWorkerStream Next()
    {
        var stream = new Stream(this, Interlocked.Increment(ref _last));
        _open[stream.Id] = stream;
        if (_lost is { } lost)
        {
            stream.Fail(lost);
        }

        return stream;
    }

    private async Task DispatchAsync()
    {
        try
        {
            while (true)
            {
                var frame = await _worker.ReadAsync(CancellationToken.None);
                if (_open.TryGetValue(frame.Stream, out var stream))
                {
                    stream.Add(frame with { Payload = new ReadOnlySequence<byte>(frame.Payload.ToArray()) });
                }
            }
        }
        catch (WorkerLostException exception)
        {
            _lost = exception;
            foreach (var stream in _open.Values)
            {
                stream.Fail(exception);
            }
        }
    }

    private sealed class Stream(SharedStreams streams, uint id) : IWorkerStream
    {
        private readonly Channel<Frame> _frames = Channel.CreateUnbounded<Frame>(
            new UnboundedChannelOptions { SingleReader = true });

        private int _credit;

        public uint Id => id;

        public bool HasMore => _frames.Reader.TryPeek(out _);

        public void Add(Frame frame) => _frames.Writer.TryWrite(frame);

        public void Fail(WorkerLostException exception) => _frames.Writer.TryComplete(exception);

        public async ValueTask<Frame> ReadAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _frames.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException exception)
            {
                throw new WorkerLostException(exception.InnerException?.Message ?? exception.Message, exception);
            }
        }

        public async ValueTask CreditAsync(int bytes)
        {
            _credit += bytes;
            if (_credit >= CreditStep)
            {
                var credit = _credit;
                _credit = 0;
                await streams._worker.SendCreditAsync(id, credit);
            }
        }

        public void Close() => streams._open.TryRemove(id, out _);
    }
}
