using System.Net.Sockets;

namespace Fairlead.Gateway.Forwarding;

/// <summary>The connection to a replica; it records that a request's bytes went out.</summary>
internal sealed class MarkingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        SendMark.Set();
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        SendMark.Set();
        return base.WriteAsync(buffer, offset, count, cancellationToken);
    }
}
