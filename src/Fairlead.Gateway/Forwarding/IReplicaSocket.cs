namespace Fairlead.Gateway.Forwarding;

/// <summary>The bytes to and from a replica.</summary>
internal interface IReplicaSocket : IDisposable
{
    /// <summary>Whether it is open and nothing has come: false for one that has ended while it was idle.</summary>
    bool IsSilent();

    /// <summary>Receives what comes next; 0 at the end.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of it.</summary>
    ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);
}
