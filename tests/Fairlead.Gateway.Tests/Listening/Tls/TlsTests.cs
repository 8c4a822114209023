using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Gateway.Listening.Tls;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Tests.Listening.Tls;

/// <summary>TLS on real sockets, with certificates that the tests make.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCa _ca = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-tls");

    public TlsTests() => File.WriteAllText(Path.Combine(_folder.FullName, "ca.crt"), _ca.RootPem);

    public void Dispose()
    {
        _ca.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.1", SslProtocols.Tls12)]
    [InlineData("1.1", SslProtocols.Tls13)]
    [InlineData("2.0", SslProtocols.Tls12)]
    [InlineData("2.0", SslProtocols.Tls13)]
    public async Task Https_ByAlpnAndVersion_Scores(string version, SslProtocols protocol)
    {
        _ca.Write(_folder.FullName, "a");
        await using var gateway = await StartAsync();
        using var client = Client(protocol);

        using var response = await SendAsync(client, gateway, Version.Parse(version));

        Assert.Equal((Version.Parse(version), HttpStatusCode.OK), (response.Version, response.StatusCode));
    }

    [Fact]
    public async Task Http2_ManyStreamsOfOneConnection_AllScore()
    {
        _ca.Write(_folder.FullName, "a");
        await using var gateway = await StartAsync(answer: context => context.Response.WriteAsync(context.Connection.RemotePort > 0 ? "ok" : ""), limit: 50);
        var connections = 0;
        using var client = Client(connected: () => Interlocked.Increment(ref connections));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SendAsync(client, gateway, HttpVersion.Version20)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, connections);
    }

    [Fact]
    public async Task Version_Old_IsRefused()
    {
        _ca.Write(_folder.FullName, "a");
        await using var gateway = await StartAsync(options => options.Tls.MinimumVersion = "1.3");

        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(gateway, "localhost", SslProtocols.Tls12));
        var (protocol, _) = await HandshakeAsync(gateway, "localhost");

        Assert.Equal(SslProtocols.Tls13, protocol);
    }

    [Fact]
    public async Task Certificate_IsThatOfTheNameAskedFor()
    {
        _ca.Write(_folder.FullName, "exact", "one.test");
        _ca.Write(_folder.FullName, "wild", "*.two.test");
        var secret = _folder.CreateSubdirectory("secret").FullName;
        var (certificate, key) = _ca.Issue(["three.test"], rsa: true);
        await File.WriteAllTextAsync(Path.Combine(secret, "tls.crt"), certificate + _ca.IntermediatePem);
        await File.WriteAllTextAsync(Path.Combine(secret, "tls.key"), key);
        await File.WriteAllTextAsync(Path.Combine(secret, "ca.crt"), _ca.RootPem);
        await using var gateway = await StartAsync(options => options.Tls.Default = "three.test");

        Assert.Equal("CN=one.test", (await HandshakeAsync(gateway, "one.test")).Certificate);
        Assert.Equal("CN=*.two.test", (await HandshakeAsync(gateway, "any.two.test")).Certificate);
        Assert.Equal("CN=three.test", (await HandshakeAsync(gateway, "three.test")).Certificate);
        Assert.Equal("CN=three.test", (await HandshakeAsync(gateway, "unknown.test")).Certificate);
        Assert.Equal("CN=three.test", (await HandshakeAsync(gateway, "")).Certificate);
    }

    [Fact]
    public async Task Files_Renamed_AreTakenUnderLoadWithoutAFailure()
    {
        _ca.Write(_folder.FullName, "a", "localhost", "first.test");
        await using var gateway = await StartAsync(limit: 50);
        using var load = new CancellationTokenSource();
        using var kept = Client();
        var counts = new int[4];
        var callers = Enumerable.Range(0, counts.Length).Select(caller => CallAsync(gateway, kept, caller, counts, load.Token)).ToArray();

        for (var round = 0; round < 5; round++)
        {
            var name = $"round{round}.test";
            _ca.Write(_folder.FullName, "a", "localhost", name);
            await UntilAsync(gateway, name);
            var before = counts.ToArray();
            await Expect.EventuallyAsync(() =>
                callers.Any(caller => caller.IsFaulted)
                || Enumerable.Range(0, counts.Length).All(caller => Volatile.Read(ref counts[caller]) > before[caller] + 1));
        }

        await load.CancelAsync();

        // Callers of kept and of new connections; each failure has thrown.
        await Task.WhenAll(callers);
    }

    [Fact]
    public async Task Mount_OfKubernetes_SwappedByLink_IsTaken()
    {
        var mount = _folder.CreateSubdirectory("mount").FullName;
        Version(1);
        Directory.CreateSymbolicLink(Path.Combine(mount, "..data"), "..1");
        foreach (var file in new[] { "tls.crt", "tls.key", "ca.crt" })
        {
            File.CreateSymbolicLink(Path.Combine(mount, file), Path.Combine("..data", file));
        }

        await using var gateway = await StartAsync(options => options.Tls.Folder = mount);
        await UntilAsync(gateway, "v1.test");
        Version(2);

        // As the kubelet does it: a new link renamed over the old one.
        Directory.CreateSymbolicLink(Path.Combine(mount, "..data_tmp"), "..2");
        Assert.Equal(0, Rename(Path.Combine(mount, "..data_tmp"), Path.Combine(mount, "..data")));
        Directory.Delete(Path.Combine(mount, "..1"), recursive: true);

        await UntilAsync(gateway, "v2.test");

        void Version(int number)
        {
            var folder = Directory.CreateDirectory(Path.Combine(mount, $"..{number}")).FullName;
            var (certificate, key) = _ca.Issue(["localhost", $"v{number}.test"]);
            File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate + _ca.IntermediatePem);
            File.WriteAllText(Path.Combine(folder, "tls.key"), key);
            File.WriteAllText(Path.Combine(folder, "ca.crt"), _ca.RootPem);
        }
    }

    [Fact]
    public async Task File_Bad_LeavesTheOldOneAndIsCounted()
    {
        var (certificate, _) = _ca.Write(_folder.FullName, "a", "localhost", "old.test");
        _ca.Write(_folder.FullName, "b", "b.test");
        await using var gateway = await StartAsync();
        using var reloads = new MetricCollector<long>(
            gateway.Services.GetRequiredService<IMeterFactory>(), GatewayMetrics.MeterName, "fairlead.gateway.tls.reloads");

        TestCa.Replace(certificate, "nonsense");
        await reloads.WaitForMeasurementsAsync(1, GatewayFixture.Patience);

        Assert.Equal("failed", reloads.LastMeasurement!.Tags["outcome"]);
        Assert.Equal("CN=localhost", (await HandshakeAsync(gateway, "old.test")).Certificate);

        // Another one is taken all the same, and the bad one once it is right again.
        _ca.Write(_folder.FullName, "b", "b2.test");
        await UntilAsync(gateway, "b2.test");
        _ca.Write(_folder.FullName, "a", "localhost", "new.test");
        await UntilAsync(gateway, "new.test");
    }

    [Fact]
    public async Task Certificate_New_IsAddedAndAGoneOneRemoved()
    {
        _ca.Write(_folder.FullName, "a", "a.test");
        await using var gateway = await StartAsync();

        _ca.Write(_folder.FullName, "b", "b.test");
        await UntilAsync(gateway, "b.test");
        File.Delete(Path.Combine(_folder.FullName, "b.crt"));

        await Expect.EventuallyAsync(() => Current(gateway).All.Count == 1);
        Assert.Equal("CN=a.test", (await HandshakeAsync(gateway, "b.test")).Certificate);
    }

    [Fact]
    public async Task End_OfCertificate_IsMeasured()
    {
        var (certificate, key) = _ca.Issue(["localhost"], to: TestCa.Now.AddDays(10));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "a.pem"), certificate + _ca.IntermediatePem + key);
        await using var gateway = await StartAsync();
        using var remaining = new MetricCollector<double>(
            gateway.Services.GetRequiredService<IMeterFactory>(), GatewayMetrics.MeterName, "fairlead.gateway.tls.certificate.remaining");

        remaining.RecordObservableInstruments();

        Assert.Equal("a.pem", remaining.LastMeasurement!.Tags["certificate"]);
        Assert.InRange(remaining.LastMeasurement.Value, TimeSpan.FromDays(9.9).TotalSeconds, TimeSpan.FromDays(10).TotalSeconds);
    }

    [Theory]
    [InlineData("/api/v1/service/iris/score?a=b%2Fc", "https://localhost:{0}/api/v1/service/iris/score?a=b%2Fc")]
    [InlineData("/", null)]
    [InlineData("/healthz", null)]
    public async Task Http_IsSentToHttps_ButForHealth(string path, string? location)
    {
        _ca.Write(_folder.FullName, "a");
        await using var gateway = await StartAsync(options =>
        {
            options.Tls.RedirectHttp = true;
            options.Tls.PublicPort = 8443;
        });
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(location is null ? HttpMethod.Get : HttpMethod.Post, new Uri(gateway.Addresses[0], path));
        request.Headers.Host = "localhost:8080";

        using var response = await client.SendAsync(request);

        if (location is null)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await Expect.OwnAnswerAsync(response, HttpStatusCode.PermanentRedirect, "https-required");
        Assert.Equal(location.Replace("{0}", "8443", StringComparison.Ordinal), response.Headers.Location!.OriginalString);
        using var secure = Client();
        using var scored = await SendAsync(secure, gateway, HttpVersion.Version11);
        Assert.Equal(HttpStatusCode.OK, scored.StatusCode);
    }

    [Fact]
    public async Task Clients_WithoutCertificateOfTheAuthority_AreRefused()
    {
        _ca.Write(_folder.FullName, "a");
        using var others = new TestCa();
        var authority = Path.Combine(_folder.FullName, "clients.txt");
        await File.WriteAllTextAsync(authority, _ca.IntermediatePem + _ca.RootPem);
        await using var gateway = await StartAsync(options => options.Tls.ClientCaPath = authority);

        using var right = Client(certificate: ClientCertificate(_ca));
        using var answer = await SendAsync(right, gateway, HttpVersion.Version20);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        using var none = Client();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(none, gateway, HttpVersion.Version11));
        using var stranger = Client(certificate: ClientCertificate(others));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(stranger, gateway, HttpVersion.Version11));
        using var server = Client(certificate: ClientCertificate(_ca, "1.3.6.1.5.5.7.3.1"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => SendAsync(server, gateway, HttpVersion.Version11));
    }

    [Fact]
    public async Task Start_WithoutUsableCertificate_SaysWhy()
    {
        var empty = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync());
        Assert.Contains("holds no certificate", empty.Message, StringComparison.Ordinal);

        var (certificate, key) = _ca.Write(_folder.FullName, "a");
        File.Delete(key);
        var missing = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync());
        Assert.Contains($"'{key}' does not exist", missing.Message, StringComparison.Ordinal);

        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options =>
        {
            options.Tls.Folder = null;
            options.Tls.CertificatePath = certificate;
        }));
        Assert.Contains("no private key", wrong.Message, StringComparison.Ordinal);
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "rename", CharSet = System.Runtime.InteropServices.CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(string from, string to);

    private static CertificateSelection Current(GatewayFixture gateway) => gateway.Services.GetRequiredService<TlsCertificates>().Current!;

    private static Task UntilAsync(GatewayFixture gateway, string name) =>
        Expect.EventuallyAsync(() => Current(gateway).Select(name).Names.Contains(name));

    private static async Task CallAsync(GatewayFixture gateway, HttpClient kept, int caller, int[] counts, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var fresh = caller % 2 == 0 ? Client(trustAny: true) : null;
            using var response = await SendAsync(fresh ?? kept, gateway, caller < 2 ? HttpVersion.Version20 : HttpVersion.Version11);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Interlocked.Increment(ref counts[caller]);
        }
    }

    private async Task<GatewayFixture> StartAsync(Action<GatewayOptions>? configure = null, RequestDelegate? answer = null, int limit = 8)
    {
        var gateway = await GatewayFixture.StartAsync(options =>
        {
            options.HttpsPort = 0;
            options.Tls.Folder = _folder.FullName;
            options.Tls.ReloadPeriod = TimeSpan.FromMilliseconds(10);
            configure?.Invoke(options);
        });
        var replica = await gateway.AddReplicaAsync("r1", answer ?? (context => context.Response.WriteAsync("ok")));
        gateway.Directory.Publish(TestRoutes.Route(TestRoutes.Open with { MaxConcurrentRequestsPerContainer = limit }, replica.Endpoint(limit)));
        return gateway;
    }

    private async Task<(SslProtocols Protocol, string Certificate)> HandshakeAsync(
        GatewayFixture gateway, string name, SslProtocols protocol = SslProtocols.None)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Addresses[1].Port);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                EnabledSslProtocols = protocol,
                ApplicationProtocols = [SslApplicationProtocol.Http2],

                // Only the root is known to the client: the gateway must have sent the rest.
                RemoteCertificateValidationCallback = (_, _, chain, _) => IsTrusted(chain!, _ca),
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(SslApplicationProtocol.Http2, stream.NegotiatedApplicationProtocol);
        return (stream.SslProtocol, stream.RemoteCertificate!.Subject);
    }

    private static bool IsTrusted(X509Chain chain, TestCa ca)
    {
        using var known = new X509Chain();
        known.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        known.ChainPolicy.CustomTrustStore.Add(ca.Root);
        known.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        known.ChainPolicy.DisableCertificateDownloads = true;
        known.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return known.Build(chain.ChainElements[0].Certificate);
    }

    private HttpClient Client(SslProtocols protocol = SslProtocols.None, Action? connected = null, X509Certificate2? certificate = null) =>
        Client(protocol, connected, certificate, (_, _, chain, _) => IsTrusted(chain!, _ca));

    private static HttpClient Client(bool trustAny) => Client(SslProtocols.None, null, null, (_, _, _, _) => trustAny);

    private static HttpClient Client(
        SslProtocols protocol, Action? connected, X509Certificate2? certificate, RemoteCertificateValidationCallback trust)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                EnabledSslProtocols = protocol,
                RemoteCertificateValidationCallback = trust,
                ClientCertificates = certificate is null ? null : [certificate],
            },
            ConnectCallback = async (context, cancellationToken) =>
            {
                connected?.Invoke();
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { Timeout = GatewayFixture.Patience };
    }

    private static X509Certificate2 ClientCertificate(TestCa ca, string purpose = "1.3.6.1.5.5.7.3.2")
    {
        var (certificate, key) = ca.Issue(["client"], purpose: purpose);
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, GatewayFixture gateway, Version version) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"https://localhost:{gateway.Addresses[1].Port}/api/v1/service/iris/score")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("{}"),
        });
}
