namespace Fairlead.Contracts.Computes;

/// <summary>How the gateways of a cluster are reached over HTTPS.</summary>
public sealed record ClusterTls
{
    /// <summary>Name of the Secret that is made when files are given.</summary>
    public const string OwnSecret = "fairlead-gateway-tls";

    /// <summary>The host name that callers use; its DNS record is the user's.</summary>
    public required string Cname { get; init; }

    /// <summary>Secret of type <c>kubernetes.io/tls</c> beside the gateways (<c>tls.crt</c>, <c>tls.key</c>). Gateways follow its
    /// changes, so whoever owns it may renew the certificate.</summary>
    public string Secret { get; set; } = OwnSecret;

    /// <summary>The certificate and its issuers as PEM, for the Secret; null: the Secret is somebody else's.</summary>
    public string? Certificate { get; init; }

    /// <summary>The key of <see cref="Certificate"/> as PEM. Secret.</summary>
    public string? Key { get; init; }

    /// <summary>Without the key: this may be written to a log.</summary>
    public override string ToString() => $"{Cname} ({Secret})";
}
