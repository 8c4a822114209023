namespace Fairlead.Gateway.Listening.Tls;

/// <summary>Which certificate a client gets, by the host name it asks for (SNI). Immutable.</summary>
internal sealed class CertificateSelection
{
    private readonly Dictionary<string, GatewayCertificate> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, GatewayCertificate> _wildcard = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="all">At least one; the first is the default one unless a name says otherwise.</param>
    /// <param name="defaultName">Host name whose certificate is the default one; null for the first.</param>
    /// <exception cref="CertificateException">None is for the default name.</exception>
    public CertificateSelection(IReadOnlyList<GatewayCertificate> all, string? defaultName)
    {
        All = all;
        foreach (var certificate in all)
        {
            foreach (var name in certificate.Names)
            {
                var (names, key) = name.StartsWith("*.", StringComparison.Ordinal) ? (_wildcard, name[2..]) : (_exact, name);
                if (!names.TryGetValue(key, out var other) || other.NotAfter < certificate.NotAfter)
                {
                    names[key] = certificate;
                }
            }
        }

        Default = defaultName is not { Length: > 0 } ? all[0] : Find(defaultName) ?? throw new CertificateException(
            $"Gateway:Tls:Default is '{defaultName}', but no certificate is for that name; there are: "
            + $"{string.Join(", ", all.SelectMany(certificate => certificate.Names).Distinct())}.");
    }

    public IReadOnlyList<GatewayCertificate> All { get; }

    public GatewayCertificate Default { get; }

    /// <summary>That of the very name, else that of its wildcard, else the default one.</summary>
    public GatewayCertificate Select(string? name) => (name is { Length: > 0 } ? Find(name) : null) ?? Default;

    // A wildcard stands for one label (RFC 6125).
    private GatewayCertificate? Find(string name) =>
        _exact.TryGetValue(name, out var exact) ? exact
        : name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && _wildcard.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name.AsSpan(dot + 1), out var wildcard) ? wildcard
        : null;
}
