using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Cluster.Tests.Running;

/// <summary>Certificates in files, as a user has them.</summary>
internal static class Certificates
{
    public static (string Cert, string Key, string Thumbprint) Write(string folder, string file, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        var (pem, keyPem) = (Path.Combine(folder, file + ".pem"), Path.Combine(folder, file + ".key"));
        File.WriteAllText(pem, certificate.ExportCertificatePem());
        File.WriteAllText(keyPem, key.ExportPkcs8PrivateKeyPem());
        return (pem, keyPem, certificate.Thumbprint);
    }
}
