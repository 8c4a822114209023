using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Computes;

namespace Fairlead.Workspace.Tests.Computes;

public sealed class TlsSettingsTests
{
    private const string Cname = "models.example.com";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly (string Cert, string Key) Good = Make(Cname, Now.AddYears(1));
    private static readonly (string Cert, string Key) Other = Make("other.example.com", Now.AddYears(1));
    private static readonly (string Cert, string Key) Expired = Make(Cname, Now.AddDays(-1));

    [Fact]
    public void Files_BecomeASecretOfOurOwn()
    {
        var tls = Apply(new() { Cname = Cname, Cert = Good.Cert, Key = Good.Key })!;

        Assert.Equal((Cname, "fairlead-gateway-tls", Good.Cert, Good.Key), (tls.Cname, tls.Secret, tls.Certificate, tls.Key));
        Assert.DoesNotContain("PRIVATE", tls.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_IsSomebodyElses()
    {
        var tls = Apply(new() { Cname = Cname, Secret = "models-tls" })!;

        Assert.Equal(("models-tls", null, null), (tls.Secret, tls.Certificate, tls.Key));
    }

    [Fact]
    public void WhatIsNotNamed_Stays()
    {
        var before = Apply(new() { Cname = Cname, Cert = Good.Cert, Key = Good.Key });

        Assert.Same(before, TlsSettings.Apply(null, before, Now));
        Assert.Equal(before! with { Cname = "new.example.com" }, TlsSettings.Apply(new() { Cname = "new.example.com" }, before, Now));
        Assert.Equal("s", TlsSettings.Apply(new() { Secret = "s" }, before, Now)!.Secret);
        Assert.Null(TlsSettings.Apply(new() { Status = "disabled" }, before, Now));
    }

    public static TheoryData<string, SslConfiguration, string> Refused => new()
    {
        { "cname", new() { Cert = Good.Cert, Key = Good.Key }, "host name" },
        { "cname", new() { Cname = "10.0.0.1", Secret = "s" }, "10.0.0.1" },
        { "cname", new() { Cname = Cname, Cert = Other.Cert, Key = Other.Key }, "other.example.com" },
        { "cert", new() { Cname = Cname }, "Secret" },
        { "cert", new() { Cname = Cname, Key = Good.Key }, "belong together" },
        { "key", new() { Cname = Cname, Cert = Good.Cert }, "belong together" },
        { "cert", new() { Cname = Cname, Cert = Good.Cert, Key = Other.Key }, "belongs to it" },
        { "cert", new() { Cname = Cname, Cert = "nonsense", Key = "nonsense" }, "PEM" },
        { "cert", new() { Cname = Cname, Cert = Expired.Cert, Key = Expired.Key }, "expired" },
        { "key", new() { Cname = Cname, Cert = Good.Cert, Key = "-----BEGIN ENCRYPTED PRIVATE KEY-----" }, "pass phrase" },
        { "secret", new() { Cname = Cname, Secret = "No Name" }, "fairlead-system" },
        { "secret", new() { Cname = Cname, Secret = "s", Cert = Good.Cert, Key = Good.Key }, "absent" },
        { "status", new() { Status = "Auto" }, "Enabled or Disabled" },
        { "status", new() { Status = "Disabled", Cname = Cname }, "alone" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Wrong_IsRefusedByName(string member, SslConfiguration wanted, string told)
    {
        var error = Assert.Throws<FairleadException>(() => Apply(wanted)).Error;

        Assert.Equal("sslConfiguration." + member, error.Details.Single().Target);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN", error.Message, StringComparison.Ordinal);
    }

    private static ClusterTls? Apply(SslConfiguration wanted) => TlsSettings.Apply(wanted, null, Now);

    private static (string Cert, string Key) Make(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(Now.AddYears(-1), until);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
