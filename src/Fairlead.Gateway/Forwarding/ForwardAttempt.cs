namespace Fairlead.Gateway.Forwarding;

/// <summary>How far an attempt came: whether a replica may have got it, and its body on the way.</summary>
internal sealed class ForwardAttempt : IAsyncDisposable
{
    private CancellationTokenSource? _stop;

    /// <summary>Whether a byte may have reached the replica: if none did, another may be tried.</summary>
    public bool Sent { get; set; }

    /// <summary>The sending of a body that did not go with the head; true when all of it went.</summary>
    public Task<bool>? Sending { get; set; }

    /// <summary>Sends the head, then the body beside the wait for the answer, which may come early.</summary>
    public async Task<bool> SendAllAsync(ReplicaConnection connection, ScoringBody body, bool chunked)
    {
        _stop = new CancellationTokenSource();
        try
        {
            await connection.SendAsync(connection.Head.Written);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            return false;
        }

        return await RequestSender.SendAsync(connection, body, chunked, _stop.Token);
    }

    /// <summary>Ends the sending: from here nobody reads the client's body.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Sending is { } sending && _stop is { } stop)
        {
            await stop.CancelAsync();
            await sending;
            stop.Dispose();
        }
    }
}
