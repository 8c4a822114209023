using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Gateway.Authentication;

/// <summary>Whom attempts are counted for: an IPv4 address, or the /64 network that an IPv6 client has to itself.</summary>
internal readonly record struct ClientAddress(ulong Value)
{
    // No IPv6 network begins so (it is reserved, RFC 4291), hence none meets an IPv4 address.
    private const ulong IPv4 = 0x0000_0001_0000_0000;

    /// <summary>Allocates nothing. Clients without an address, of a Unix socket, count as one.</summary>
    public static ClientAddress Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out _))
        {
            return default;
        }

        return address switch
        {
            { AddressFamily: AddressFamily.InterNetwork } => new(IPv4 | BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            { IsIPv4MappedToIPv6: true } => new(IPv4 | BinaryPrimitives.ReadUInt32BigEndian(bytes[12..])),
            _ => new(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
        };
    }
}
