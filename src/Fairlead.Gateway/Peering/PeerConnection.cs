using System.Buffers;
using Fairlead.Gateway.Coordination;

namespace Fairlead.Gateway.Peering;

/// <summary>A connection to another gateway. Messages that come while a write is under way go out together in the next.</summary>
internal sealed class PeerConnection(string peer, SecureChannel channel, TimeProvider time) : IDisposable
{
    // Far more than any report; a peer that reads so slowly is as good as gone.
    private const int MaxPendingBytes = SecureChannel.MaxRecordBytes;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _hasPending = new(0, 1);
    private readonly CancellationTokenSource _end = new();
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _writing = new();
    private bool _isOver;
    private long _heardAt = time.GetTimestamp();

    public string Peer => peer;

    /// <summary>Timestamp of the newest record.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Ends with the connection.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Puts a message behind all that were sent before. Never waits.</summary>
    public void Send(in PeerMessage message)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            var isFirst = _pending.WrittenCount == 0;
            PeerWriter.Append(_pending, message);
            if (_pending.WrittenCount > MaxPendingBytes)
            {
                _isOver = true;
                Abort();
            }
            else if (isFirst)
            {
                _hasPending.Release();
            }
        }
    }

    /// <summary>Ends the connection at once, with all that is under way.</summary>
    public void Abort()
    {
        // Not inline: the caller may hold the locks that what ends here needs.
        ThreadPool.UnsafeQueueUserWorkItem(
            static end =>
            {
                try
                {
                    end.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // It has ended meanwhile.
                }
            },
            _end,
            preferLocal: false);
    }

    /// <summary>Writes and reads until either fails; hands each message over.</summary>
    public async Task RunAsync(Action<PeerMessage> receive, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end.Token);
        var write = WriteAllAsync(linked.Token);
        var read = ReadAllAsync(receive, linked.Token);
        var first = await Task.WhenAny(write, read);
        await linked.CancelAsync();
        await Task.WhenAll(write, read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        channel.Dispose();
        _hasPending.Dispose();
        _end.Dispose();
    }

    private async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _hasPending.WaitAsync(cancellationToken);
            lock (_lock)
            {
                (_pending, _writing) = (_writing, _pending);
            }

            await channel.WriteAsync(_writing.WrittenMemory, cancellationToken);
            _writing.ResetWrittenCount();
        }
    }

    private async Task ReadAllAsync(Action<PeerMessage> receive, CancellationToken cancellationToken)
    {
        while (await channel.ReadAsync(cancellationToken) is { } record)
        {
            Volatile.Write(ref _heardAt, time.GetTimestamp());
            Deliver(record.Span, receive);
        }
    }

    private static void Deliver(ReadOnlySpan<byte> record, Action<PeerMessage> receive)
    {
        var reader = new PeerReader(record);
        while (reader.TryRead(out var message))
        {
            receive(message);
        }
    }
}
