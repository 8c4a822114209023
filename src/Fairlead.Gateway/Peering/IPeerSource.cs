namespace Fairlead.Gateway.Peering;

/// <summary>Where a gateway learns which others there are.</summary>
internal interface IPeerSource
{
    /// <summary>Addresses of gateways, this one perhaps among them. Asked again and again; the last answer counts while it
    /// fails.</summary>
    Task<IReadOnlyCollection<string>> FindAsync(CancellationToken cancellationToken);
}
