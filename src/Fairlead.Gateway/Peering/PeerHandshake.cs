using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Gateway.Peering;

/// <summary>How two gateways agree on the keys of a connection: each says its name and a random number; the keys come of
/// both and of the secret that gateways share. Who does not know the secret can neither read nor write a record.</summary>
internal static class PeerHandshake
{
    private const int NonceBytes = 32;
    private const int KeyBytes = 32;
    private static readonly byte[] Magic = "fairlead-peer-3\n"u8.ToArray();

    /// <summary>From the side that connected to the gateway with the given name.</summary>
    /// <exception cref="InvalidDataException">It is not that gateway, or has another secret.</exception>
    public static async Task<SecureChannel> DialAsync(
        Socket socket, string key, string self, string peer, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        await SendHelloAsync(socket, self, nonce, cancellationToken);
        var (name, theirs) = await ReadHelloAsync(socket, cancellationToken);
        if (name != peer)
        {
            throw new InvalidDataException($"At '{peer}' answers the gateway '{name}'.");
        }

        return await ProveAsync(
            new SecureChannel(
                socket,
                Derive(key, nonce, theirs, self, peer, "dialer"),
                Derive(key, nonce, theirs, self, peer, "listener")),
            name,
            cancellationToken);
    }

    /// <summary>From the side that was connected to.</summary>
    /// <returns>The channel, and the name of the other gateway.</returns>
    /// <exception cref="InvalidDataException">It is no gateway, or has another secret.</exception>
    public static async Task<(SecureChannel Channel, string Peer)> AcceptAsync(
        Socket socket, string key, string self, CancellationToken cancellationToken)
    {
        var (peer, theirs) = await ReadHelloAsync(socket, cancellationToken);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        await SendHelloAsync(socket, self, nonce, cancellationToken);
        var channel = await ProveAsync(
            new SecureChannel(
                socket,
                Derive(key, theirs, nonce, peer, self, "listener"),
                Derive(key, theirs, nonce, peer, self, "dialer")),
            peer,
            cancellationToken);
        return (channel, peer);
    }

    // An empty record shows that its sender has the keys of this very connection.
    private static async Task<SecureChannel> ProveAsync(
        SecureChannel channel, string peer, CancellationToken cancellationToken)
    {
        try
        {
            await channel.WriteAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
            return await channel.ReadAsync(cancellationToken) is { IsEmpty: true }
                ? channel
                : throw new InvalidDataException($"The gateway '{peer}' ended the handshake.");
        }
        catch (CryptographicException exception)
        {
            channel.Dispose();
            throw new InvalidDataException(
                $"The gateway '{peer}' has another Gateway:Peers:Key than this one.", exception);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    private static byte[] Derive(string key, byte[] dialerNonce, byte[] listenerNonce, string dialer, string listener, string writer) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(key),
            KeyBytes,
            salt: [.. dialerNonce, .. listenerNonce],
            info: Encoding.UTF8.GetBytes($"fairlead-peer-3\n{dialer}\n{listener}\n{writer}"));

    private static async Task SendHelloAsync(
        Socket socket, string self, byte[] nonce, CancellationToken cancellationToken)
    {
        var name = Encoding.UTF8.GetBytes(self);
        byte[] hello = [.. Magic, .. nonce, (byte)name.Length, .. name];
        for (var sent = 0; sent < hello.Length;)
        {
            sent += await socket.SendAsync(hello.AsMemory(sent), cancellationToken);
        }
    }

    private static async Task<(string Name, byte[] Nonce)> ReadHelloAsync(Socket socket, CancellationToken cancellationToken)
    {
        var head = new byte[Magic.Length + NonceBytes + 1];
        if (!await SecureChannel.FillAsync(socket, head, cancellationToken)
            || !head.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("What connected is no gateway of this version.");
        }

        var name = new byte[head[^1]];
        return await SecureChannel.FillAsync(socket, name, cancellationToken)
            ? (Encoding.UTF8.GetString(name), head[Magic.Length..^1])
            : throw new InvalidDataException("What connected ended the handshake.");
    }
}
