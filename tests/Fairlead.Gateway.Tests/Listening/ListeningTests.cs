using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Tests.Listening;

public sealed class ListeningTests
{
    [Fact]
    public async Task Http2_WithPriorKnowledge_Scores()
    {
        await using var gateway = await GatewayFixture.StartWithReplicaAsync(
            context => context.Response.WriteAsync("ok"), null, options => options.Http2Port = 0);

        using var response = await SendAsync(gateway.Client, gateway.Addresses[1], HttpVersion.Version20);

        Assert.Equal((HttpVersion.Version20, HttpStatusCode.OK), (response.Version, response.StatusCode));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Https_ByAlpn_Scores(string version)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-tls");
        try
        {
            var (certificate, key) = WriteCertificate(folder.FullName);
            await using var gateway = await GatewayFixture.StartWithReplicaAsync(
                context => context.Response.WriteAsync("ok"),
                null,
                options =>
                {
                    options.HttpsPort = 0;
                    options.CertificatePath = certificate;
                    options.KeyPath = key;
                });
            using var trusting = new HttpClient(new SocketsHttpHandler
            {
                SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.Subject == "CN=localhost" },
            });

            using var response = await SendAsync(trusting, gateway.Addresses[1], Version.Parse(version));

            Assert.Equal((Version.Parse(version), HttpStatusCode.OK), (response.Version, response.StatusCode));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("Gateway:HttpPort", "70000")]
    [InlineData("Gateway:BindAddress", "nowhere at all")]
    [InlineData("Gateway:HttpsPort", "443")]
    [InlineData("Gateway:MaxRequestBodyBytes", "0")]
    [InlineData("Gateway:ColdStartWait", "2.00:00:00")]
    public void Options_OutOfRange_AreRefusedByName(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();
        using var services = new ServiceCollection().AddLogging().AddFairleadGateway(configuration).BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IOptions<GatewayOptions>>().Value);

        var name = key == "Gateway:HttpsPort" ? "CertificatePath" : key["Gateway:".Length..];
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Defaults_AreValid()
    {
        using var services = new ServiceCollection().AddLogging().AddFairleadGateway(_ => { }).BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<GatewayOptions>>().Value;

        Assert.Equal(("127.0.0.1", 100L * 1024 * 1024), (options.BindAddress, options.MaxRequestBodyBytes));
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, Uri address, Version version) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/api/v1/service/iris/score"))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("{}"),
        });

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var certificatePath = Path.Combine(folder, "cert.pem");
        var keyPath = Path.Combine(folder, "key.pem");
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
