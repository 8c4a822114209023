using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Computes;

/// <summary>What a request says of TLS, checked and put together with what holds already (§1.9).</summary>
internal static class TlsSettings
{
    /// <returns>Null: gateways answer plain HTTP.</returns>
    public static ClusterTls? Apply(SslConfiguration? wanted, ClusterTls? before, DateTimeOffset now)
    {
        if (wanted is null)
        {
            return before;
        }

        if (wanted.Status is { } status && !Is(status, "Enabled") && !Is(status, "Disabled"))
        {
            throw Wrong("status", status, "Enabled or Disabled");
        }

        if (wanted.Status is { } off && Is(off, "Disabled"))
        {
            return wanted is { Cname: null, Cert: null, Key: null, Secret: null }
                ? null
                : throw Wrong("status", off, "Enabled, or alone: it takes TLS away");
        }

        var cname = wanted.Cname ?? before?.Cname;
        if (cname is null || Uri.CheckHostName(cname) != UriHostNameType.Dns || !cname.Contains('.'))
        {
            throw Wrong("cname", cname, "the host name that callers use, for example models.example.com");
        }

        if (wanted.Secret is { } secret)
        {
            return wanted is not { Cert: null, Key: null }
                ? throw Wrong("secret", secret, "absent when a certificate and its key are given: they make a Secret of their own")
                : IsName(secret) ? new ClusterTls { Cname = cname, Secret = secret }
                : throw Wrong("secret", secret, "the name of a Secret of type kubernetes.io/tls in the namespace fairlead-system");
        }

        if (wanted is { Cert: null, Key: null })
        {
            return before is not null ? before with { Cname = cname }
                : throw Wrong("cert", null, "given with its key, or the name of a Secret instead");
        }

        if (wanted.Cert is null || wanted.Key is null)
        {
            throw Wrong(wanted.Cert is null ? "cert" : "key", null, "given: a certificate and its key belong together");
        }

        Check(wanted.Cert, wanted.Key, cname, now);
        return new ClusterTls { Cname = cname, Certificate = wanted.Cert, Key = wanted.Key };
    }

    private static void Check(string certificate, string key, string cname, DateTimeOffset now)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw Wrong("key", "encrypted", "without a pass phrase, since gateways start alone (openssl pkey -in key.pem -out plain.pem)");
        }

        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            if (!pair.MatchesHostname(cname))
            {
                throw Wrong("cname", cname, $"a name that the certificate is for; it is for {pair.GetNameInfo(X509NameType.DnsName, false)}");
            }

            if (pair.NotAfter < now)
            {
                throw Wrong("cert", $"valid until {pair.NotAfter:u}", "a certificate that has not expired");
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw Wrong("cert", "given", $"PEM of a certificate and of the key that belongs to it; {exception.Message}");
        }
    }

    private static bool Is(string status, string name) => status.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsName(string name) => name.Length is > 0 and <= 253
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);

    private static FairleadException Wrong(string member, string? value, string allowed) =>
        FairleadException.InvalidArgument("sslConfiguration." + member, value, allowed);
}
