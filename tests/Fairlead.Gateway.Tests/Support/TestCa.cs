using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A root and an intermediate authority, and certificates of theirs in PEM files.</summary>
internal sealed class TestCa : IDisposable
{
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _intermediate;

    public TestCa()
    {
        Root = Authority("CN=Test root", _rootKey).CreateSelfSigned(Now.AddYears(-1), Now.AddYears(5));
        using var made = Authority("CN=Test intermediate", _key).Create(Root, Now.AddDays(-100), Now.AddYears(2), Serial());
        _intermediate = made.CopyWithPrivateKey(_key);
    }

    public static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    public X509Certificate2 Root { get; }

    public string RootPem => Root.ExportCertificatePem() + "\n";

    public string IntermediatePem => _intermediate.ExportCertificatePem() + "\n";

    /// <summary>A certificate and its key in PEM, without the chain.</summary>
    public (string Certificate, string Key) Issue(
        string[] names, DateTimeOffset? from = null, DateTimeOffset? to = null, bool rsa = false, string purpose = "1.3.6.1.5.5.7.3.1", bool byRoot = false)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA big
            ? new CertificateRequest("CN=" + names[0], big, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=" + names[0], (ECDsa)key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        alternatives.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var issuer = byRoot ? Root : _intermediate;
        var generator = X509SignatureGenerator.CreateForECDsa(byRoot ? _rootKey : _key);
        using var certificate = request.Create(issuer.SubjectName, generator, from ?? Now.AddDays(-1), to ?? Now.AddDays(60), Serial());
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Writes a certificate with its chain and key, each by renaming, and returns their paths.</summary>
    public (string Certificate, string Key) Write(string folder, string name, params string[] names)
    {
        var (certificate, key) = Issue(names is [] ? ["localhost"] : names);
        return (Replace(Path.Combine(folder, name + ".crt"), certificate + IntermediatePem), Replace(Path.Combine(folder, name + ".key"), key));
    }

    public static string Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    public void Dispose()
    {
        Root.Dispose();
        _intermediate.Dispose();
        _rootKey.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static byte[] Serial() => RandomNumberGenerator.GetBytes(8);
}
