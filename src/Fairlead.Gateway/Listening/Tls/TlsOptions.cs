using System.ComponentModel.DataAnnotations;

namespace Fairlead.Gateway.Listening.Tls;

/// <summary>Certificates of the HTTPS port, and what is asked of clients (§4.6).</summary>
public sealed record TlsOptions
{
    /// <summary>PEM file with the certificate and its chain. Default none; needs this or <see cref="Folder"/>.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM file with the private key, without a pass phrase. Default: the key is in
    /// <see cref="CertificatePath"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Folder with certificates, themselves or a folder each: <c>tls.crt</c> and <c>tls.key</c> as a Kubernetes Secret is
    /// mounted, <c>fullchain.pem</c> and <c>privkey.pem</c>, or <c>NAME.crt</c> (<c>.pem</c>) and <c>NAME.key</c>.</summary>
    public string? Folder { get; set; }

    /// <summary>Host name whose certificate is shown to clients that name none or an unknown one. Default: that of
    /// <see cref="CertificatePath"/>, else the first of the folder by name.</summary>
    public string? Default { get; set; }

    /// <summary>Oldest version of TLS: <c>1.2</c> or <c>1.3</c>. Default 1.2.</summary>
    [RegularExpression(@"1\.[23]")]
    public string MinimumVersion { get; set; } = "1.2";

    /// <summary>Whether a file must hold every certificate between its own and the root. Default true.</summary>
    public bool RequireFullChain { get; set; } = true;

    /// <summary>PEM file with certification authorities: clients must show a certificate of one of them. Default none:
    /// clients show none.</summary>
    public string? ClientCaPath { get; set; }

    /// <summary>Whether requests over plain HTTP are sent to HTTPS with 308; <c>/</c> and <c>/healthz</c> are answered all the
    /// same. Default false.</summary>
    public bool RedirectHttp { get; set; }

    /// <summary>Port that clients reach HTTPS at, for <see cref="RedirectHttp"/>. Default: the port listened on.</summary>
    [Range(1, 65535)]
    public int? PublicPort { get; set; }

    /// <summary>How often files are looked at for changes. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan ReloadPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long before its end a certificate is warned of, once a day. Default 14 days.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan ExpiryWarning { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Whether there is anything to serve HTTPS with.</summary>
    internal bool HasCertificates => CertificatePath is { Length: > 0 } || Folder is { Length: > 0 };
}
