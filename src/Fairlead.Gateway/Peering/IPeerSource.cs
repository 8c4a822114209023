namespace Fairlead.Gateway.Peering;

/// <summary>Where a gateway learns which others there are. A host that registers one needs neither
/// <see cref="PeerOptions.Addresses"/> nor <see cref="PeerOptions.DnsName"/>.</summary>
public interface IPeerSource
{
    /// <summary>Addresses of gateways, this one perhaps among them. Asked again and again; the last answer counts while it
    /// fails with a <see cref="System.Net.Sockets.SocketException"/>.</summary>
    Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken);

    /// <summary>Ends when it is time to ask again, at the latest after the time given.</summary>
    Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Delay(atMost, time, cancellationToken);
}
