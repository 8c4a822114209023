using System.Security.Cryptography;
using Fairlead.Gateway.Listening.Tls;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Listening.Tls;

public sealed class GatewayCertificateTests : IDisposable
{
    private readonly TestCa _ca = new();

    public void Dispose() => _ca.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FullChain_InAnyOrder_IsTaken(bool leafLast)
    {
        var (leaf, key) = _ca.Issue(["a.test", "*.b.test"], rsa: leafLast);

        var certificate = Create(leafLast ? _ca.IntermediatePem + leaf : leaf + _ca.IntermediatePem, key, _ca.RootPem);

        Assert.Equal(["a.test", "*.b.test"], certificate.Names);
        Assert.Equal(_ca.IntermediatePem.Trim(), Assert.Single(certificate.Context.IntermediateCertificates).ExportCertificatePem());
    }

    [Fact]
    public void RootInFile_NeedsNothingBeside()
    {
        var (leaf, key) = _ca.Issue(["a.test"]);

        Assert.NotNull(Create(leaf + _ca.IntermediatePem + _ca.RootPem, key));
    }

    [Fact]
    public void Chain_WithoutIntermediate_IsRefusedByItsName()
    {
        var (leaf, key) = _ca.Issue(["a.test"]);

        Refused(leaf, key, "", "full chain", "CN=Test intermediate", "/tls/tls.crt");
        Refused(leaf, key, _ca.RootPem, "full chain", "CN=Test intermediate");

        // Knowing it is not enough: it must be sent.
        Refused(leaf, key, _ca.IntermediatePem + _ca.RootPem, "full chain", "CN=Test intermediate");
    }

    [Fact]
    public void Chain_ToRootThatNobodyNamed_IsRefusedUnlessSwitchedOff()
    {
        var (leaf, key) = _ca.Issue(["a.test"]);

        Refused(leaf + _ca.IntermediatePem, key, "", "CN=Test root", "ca.crt", "Gateway:Tls:RequireFullChain");
        Assert.NotNull(GatewayCertificate.Create(Files, leaf, key, "", requireFullChain: false, TestCa.Now));
    }

    [Fact]
    public void Certificate_OfRootItself_NeedsCaCrtOnly()
    {
        var (leaf, key) = _ca.Issue(["a.test"], byRoot: true);

        Assert.NotNull(Create(leaf, key, _ca.RootPem));
    }

    [Fact]
    public void Time_Outside_IsRefusedWithTheDate()
    {
        var (old, oldKey) = _ca.Issue(["a.test"], TestCa.Now.AddDays(-60), TestCa.Now.AddDays(-1));
        var (future, futureKey) = _ca.Issue(["a.test"], TestCa.Now.AddDays(1), TestCa.Now.AddDays(60));

        Refused(old + _ca.IntermediatePem, oldKey, _ca.RootPem, "expired on " + TestCa.Now.AddDays(-1).ToString("yyyy-MM-dd"), "/tls/tls.crt", "Renew");
        Refused(future + _ca.IntermediatePem, futureKey, _ca.RootPem, "not valid before " + TestCa.Now.AddDays(1).ToString("yyyy-MM-dd"), "clock");
    }

    [Fact]
    public void Key_OfAnother_IsRefused()
    {
        var (leaf, _) = _ca.Issue(["a.test"]);
        var (_, other) = _ca.Issue(["a.test"]);
        var (_, rsa) = _ca.Issue(["a.test"], rsa: true);

        Refused(leaf + _ca.IntermediatePem, other, _ca.RootPem, "does not belong", "/tls/tls.key", "/tls/tls.crt", "CN=a.test");
        Refused(leaf + _ca.IntermediatePem, rsa, _ca.RootPem, "does not belong");
    }

    [Fact]
    public void Key_WithPassPhrase_IsRefusedWithTheCommand()
    {
        var (leaf, key) = _ca.Issue(["a.test"]);
        using var parsed = ECDsa.Create();
        parsed.ImportFromPem(key);
        var sealedKey = parsed.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        Refused(leaf + _ca.IntermediatePem, sealedKey, _ca.RootPem, "pass phrase", "/tls/tls.key", "openssl pkey");
        Refused(
            leaf, "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n", "", "pass phrase");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not pem at all")]
    public void Text_WithoutPem_IsRefused(string text)
    {
        var (leaf, key) = _ca.Issue(["a.test"]);

        Refused(text, key, "", "no certificate", "/tls/tls.crt", "openssl pkcs12");
        Refused(leaf + _ca.IntermediatePem, text, "", "no private key", "/tls/tls.key");
        Refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key, "", "damaged", "/tls/tls.crt");
    }

    [Fact]
    public void Certificate_ForClients_IsRefused()
    {
        var (leaf, key) = _ca.Issue(["a.test"], purpose: "1.3.6.1.5.5.7.3.2");

        Refused(leaf + _ca.IntermediatePem, key, _ca.RootPem, "serverAuth");
    }

    [Theory]
    [InlineData("a.test", "a")]
    [InlineData("A.TEST", "a")]
    [InlineData("x.b.test", "b")]
    [InlineData("y.b.test", "exact")]
    [InlineData("x.y.b.test", "a")]
    [InlineData("b.test", "a")]
    [InlineData("unknown", "a")]
    [InlineData("", "a")]
    [InlineData(null, "a")]
    public void Selection_ByName_PrefersTheExactOne(string? name, string expected)
    {
        var selection = new CertificateSelection([Named("a", "a.test"), Named("b", "*.b.test"), Named("exact", "y.b.test")], null);

        Assert.Equal(expected, selection.Select(name).Files.Name);
    }

    [Fact]
    public void Selection_Default_MayBeNamed()
    {
        GatewayCertificate[] all = [Named("a", "a.test"), Named("b", "*.b.test")];

        Assert.Equal("b", new CertificateSelection(all, "x.b.test").Default.Files.Name);
        var refused = Assert.Throws<CertificateException>(() => new CertificateSelection(all, "c.test"));
        Assert.Contains("a.test, *.b.test", refused.Message, StringComparison.Ordinal);
    }

    private static CertificateFiles Files => new("t", "/tls/tls.crt", "/tls/tls.key");

    private static GatewayCertificate Create(string certificates, string key, string authorities = "") =>
        GatewayCertificate.Create(Files, certificates, key, authorities, requireFullChain: true, TestCa.Now);

    private static void Refused(string certificates, string key, string authorities, params string[] says)
    {
        var refused = Assert.Throws<CertificateException>(() => Create(certificates, key, authorities));
        Assert.All(says, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }

    private GatewayCertificate Named(string name, string host)
    {
        var (leaf, key) = _ca.Issue([host]);
        return GatewayCertificate.Create(new(name, "c", "k"), leaf + _ca.IntermediatePem, key, _ca.RootPem, true, TestCa.Now);
    }
}
