using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Gateway.Listening.Tls;

/// <summary>A certificate with its key and chain, checked and ready for handshakes.</summary>
internal sealed class GatewayCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private GatewayCertificate(CertificateFiles files, X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Files = files;
        NotAfter = leaf.NotAfter.ToUniversalTime();
        Names = NamesOf(leaf);
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    public CertificateFiles Files { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>Host names it is for, <c>*.example.com</c> among them.</summary>
    public IReadOnlyList<string> Names { get; }

    public SslStreamCertificateContext Context { get; }

    /// <summary>Checks all that would fail a handshake later.</summary>
    /// <param name="files">Where the texts are from.</param>
    /// <param name="certificates">PEM.</param>
    /// <param name="key">PEM.</param>
    /// <param name="authorities">PEM of authorities that clients know; empty for those of the system alone.</param>
    /// <param name="requireFullChain">Whether every certificate up to the root must be there.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="CertificateException">It cannot be used.</exception>
    public static GatewayCertificate Create(
        CertificateFiles files, string certificates, string key, string authorities, bool requireFullChain, DateTimeOffset now)
    {
        var all = Parse(files.Certificate, certificates);
        CheckKey(files.Key, key);
        var leaf = WithKey(files, all, key);
        CheckTimes(files, all, now);
        if (leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
            && !usage.EnhancedKeyUsages.Cast<Oid>().Any(purpose => purpose.Value == ServerAuthentication))
        {
            throw new CertificateException(
                $"The certificate in '{files.Certificate}' ({leaf.Subject}) is not for servers. Have one issued with the extended key usage serverAuth.");
        }

        if (requireFullChain)
        {
            CheckChain(files, leaf, all, authorities, now);
        }

        return new GatewayCertificate(files, leaf, all);
    }

    /// <summary>The certificates in a PEM text.</summary>
    /// <exception cref="CertificateException">There is none, or one is damaged.</exception>
    public static X509Certificate2Collection Parse(string file, string text)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"A certificate in '{file}' is damaged: {exception.Message} Copy the file again.", exception);
        }

        return found.Count > 0
            ? found
            : throw new CertificateException(
                $"'{file}' holds no certificate in PEM form ('-----BEGIN CERTIFICATE-----'). "
                + $"A PKCS #12 file (.pfx, .p12) is converted with: openssl pkcs12 -in FILE -nodes -out {Path.GetFileName(file)}");
    }

    private static void CheckKey(string file, string key)
    {
        if (PemText.HasPassPhrase(key))
        {
            throw new CertificateException(
                $"The key in '{file}' is protected by a pass phrase, which the gateway cannot ask for. Remove it with: "
                + $"openssl pkey -in {Path.GetFileName(file)} -out plain.key");
        }

        if (!PemText.Labels(key).Any(label => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
        {
            throw new CertificateException($"'{file}' holds no private key in PEM form ('-----BEGIN PRIVATE KEY-----').");
        }
    }

    // Whichever certificate the key belongs to is the server's own; the order in the file does not matter.
    private static X509Certificate2 WithKey(CertificateFiles files, X509Certificate2Collection all, string key)
    {
        Exception? why = null;
        foreach (var candidate in all)
        {
            try
            {
                return X509Certificate2.CreateFromPem(candidate.ExportCertificatePem(), key);
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                why ??= exception;
            }
        }

        throw new CertificateException(
            $"The key in '{files.Key}' does not belong to the certificate in '{files.Certificate}' ({all[0].Subject}): {why?.Message} "
            + "Put the key there that the certificate was requested with.",
            why);
    }

    private static void CheckTimes(CertificateFiles files, X509Certificate2Collection all, DateTimeOffset now)
    {
        foreach (var certificate in all)
        {
            if (certificate.NotAfter.ToUniversalTime() <= now)
            {
                throw new CertificateException(FormattableString.Invariant(
                    $"The certificate '{certificate.Subject}' in '{files.Certificate}' expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z. Renew it."));
            }

            if (certificate.NotBefore.ToUniversalTime() > now)
            {
                throw new CertificateException(FormattableString.Invariant(
                    $"The certificate '{certificate.Subject}' in '{files.Certificate}' is not valid before {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z. Check this machine's clock, or wait."));
            }
        }
    }

    // Clients know roots only: what lies between is the server's to send.
    private static void CheckChain(
        CertificateFiles files, X509Certificate2 leaf, X509Certificate2Collection all, string authorities, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(all);
        if (PemText.Labels(authorities).Count > 0)
        {
            chain.ChainPolicy.ExtraStore.AddRange(Parse(files.Authorities, authorities));
        }

        chain.Build(leaf);
        var path = chain.ChainElements.Select(element => element.Certificate).ToList();
        var root = path[^1];
        var missing = root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData)
            ? path.SkipLast(1).FirstOrDefault(needed => !all.Any(there => there.RawDataMemory.Span.SequenceEqual(needed.RawDataMemory.Span)))?.Subject
            : root.Issuer;
        if (missing is not null)
        {
            throw new CertificateException(
                $"'{files.Certificate}' does not hold the full chain: the certificate of its issuer '{missing}' is missing. Append it to the file. If it "
                + $"is a root that clients know, put it into '{files.Authorities}' instead, or set Gateway:Tls:RequireFullChain to false.");
        }
    }

    private static string[] NamesOf(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).ToArray();
        return names.Length > 0 ? names : leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? [name] : [];
    }
}
