using System.Net;

namespace Fairlead.Gateway.Peering;

/// <summary>The list in the settings.</summary>
internal sealed class ListedPeers(PeerOptions options) : IPeerSource
{
    private readonly string[] _addresses = Split(options.Addresses);

    public Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<string>>(_addresses);

    public static string[] Split(string? addresses) =>
        (addresses ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The addresses of a DNS name, all at the port of this gateway.</summary>
internal sealed class DnsPeers(PeerOptions options) : IPeerSource
{
    private readonly int _port = IPEndPoint.Parse(options.Address!).Port;

    public async Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(options.DnsName!, cancellationToken);
        return [.. addresses.Select(address => new IPEndPoint(address, _port).ToString())];
    }
}
