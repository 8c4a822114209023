using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Bench.Load.Faults;

/// <summary>A folder with a certificate as gateways read it.</summary>
internal static class Certificates
{
    /// <summary>Writes a new one, each file by renaming.</summary>
    /// <returns>Its thumbprint.</returns>
    public static string Write(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(30));
        Directory.CreateDirectory(folder);
        Replace(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        Replace(Path.Combine(folder, "ca.crt"), certificate.ExportCertificatePem());
        Replace(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
