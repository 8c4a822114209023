using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.EndToEnd.Tests.Running;

namespace Fairlead.EndToEnd.Tests;

/// <summary>What people get wrong: each has its code, a message that says what to do, and the server serves on.</summary>
public sealed class BadInputTests(BadInputTests.ServedIris iris) : IClassFixture<BadInputTests.ServedIris>
{
    private const string IrisRequest = """{"data": [[5.1, 3.5, 1.4, 0.2]]}""";

    private Server Server => iris.Server;

    [Fact]
    public async Task Deploy_MissingEntryScript_NamesItAndWhatThereIs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("main.py", "def init():\n    pass\n");
        folder.Write("inferenceconfig.json", """{"entryScript": "score.py", "sourceDirectory": "."}""");

        var result = await Server.CliInAsync(
            folder.Path, "model", "deploy", "-n", "nothing", "--ic", "inferenceconfig.json");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("score.py", result.Error, StringComparison.Ordinal);
        Assert.Contains("main.py", result.Error, StringComparison.Ordinal);
        await NothingWasMadeAsync("nothing");
    }

    [Fact]
    public async Task Deploy_SyntaxErrorInTheScript_ShowsTheLine()
    {
        var result = await Samples.DeployScriptAsync(Server, "broken", "def init():\n    pass\n\ndef run(data)\n    return 1\n");

        result.Failed(5);
        Assert.Contains("score.py", result.All, StringComparison.Ordinal);
        Assert.Contains("def run(data)", result.All, StringComparison.Ordinal);
        Assert.Contains("SyntaxError", result.All, StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Fact]
    public async Task Deploy_InitThatRaises_ShowsTheErrorAndSetsFailed()
    {
        var result = await Samples.DeployScriptAsync(
            Server, "raises", "def init():\n    open('/no/such/model.pkl')\ndef run(data):\n    return 1\n");

        result.Failed(5);
        Assert.Contains("FileNotFoundError", result.All, StringComparison.Ordinal);
        Assert.Contains("/no/such/model.pkl", result.All, StringComparison.Ordinal);
        var service = await Server.ShowAsync("raises");
        Assert.Equal("Failed", (string?)service["state"]);
        Assert.Equal("KubernetesDeploymentFailed", (string?)service["error"]!["code"]);
        Assert.Contains("CrashLoopBackOff", service["error"]!.ToJsonString(), StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Fact]
    public async Task Deploy_ServiceNameWithCapitals_StatesTheRule()
    {
        var result = await Server.CliAsync("model", "deploy", "-n", "Iris", "-m", "iris:1");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("lower-case", result.Error, StringComparison.Ordinal);
        Assert.Contains("Iris", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_ModelNameWithCapitals_IsKeptAsItIs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model.pkl", "content");

        (await Server.CliInAsync(folder.Path, "model", "register", "-n", "AutoML7f3a", "-p", "model.pkl")).Succeeded();

        var shown = (await Server.CliAsync("model", "show", "-n", "AutoML7f3a", "-o", "json")).Succeeded().Json;
        Assert.Equal("AutoML7f3a", (string?)shown["name"]);
        (await Server.CliAsync("model", "show", "-n", "automl7f3a")).Failed(3);
    }

    [Fact]
    public async Task Deploy_ModelVersionThatDoesNotExist_IsNotFound()
    {
        var result = (await Server.CliAsync("model", "deploy", "-n", "nothing", "-m", "iris:99")).Failed(3);

        Assert.Contains("iris:99", result.Error, StringComparison.Ordinal);
        await NothingWasMadeAsync("nothing");
    }

    [Fact]
    public async Task Deploy_KeyAndTokenAuthentication_IsRefused()
    {
        var result = await Server.CliAsync(
            "model", "deploy", "-n", "nothing", "-m", "iris:1", "--ae", "true", "--token-auth-enabled", "true");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("token", result.Error, StringComparison.OrdinalIgnoreCase);
        await NothingWasMadeAsync("nothing");
    }

    [Fact]
    public async Task Deploy_MinReplicasAboveMax_NamesBoth()
    {
        var result = await Server.CliAsync(
            "model", "deploy", "-n", "nothing", "-m", "iris:1", "--mi", "5", "--ma", "2");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("5", result.Error, StringComparison.Ordinal);
        Assert.Contains("2", result.Error, StringComparison.Ordinal);
        await NothingWasMadeAsync("nothing");
    }

    [Fact]
    public async Task Register_DiskFull_SaysSoAndTheServerServesOn()
    {
        using var small = new SmallDisk(megabytes: 24);
        await using var server = await Server.StartAsync(Path.Combine(small.Path, "data"));
        using var folder = new TemporaryFolder();
        var content = new byte[40 << 20];
        Random.Shared.NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "big.bin"), content);

        var result = await server.CliInAsync(folder.Path, "model", "register", "-n", "big", "-p", "big.bin");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("StorageFull", result.All, StringComparison.Ordinal);
        (await server.CliAsync("model", "list")).Succeeded();
        (await server.CliAsync("down")).Succeeded();
    }

    [Fact]
    public async Task Score_Body101Megabytes_Is413AndNamesTheLimit()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Server.ScoringUrl("iris"))
        {
            Content = new ByteArrayContent(new byte[101 << 20]),
        };
        request.Headers.Add("Authorization", "Bearer " + iris.Key);
        request.Headers.ExpectContinue = true;

        using var answer = await Server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("100 MB", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("x-fairlead-gateway"));
        await StillServesAsync();
    }

    [Fact]
    public async Task Score_MalformedChunkedBody_Is400()
    {
        var answer = await SendRawAsync(
            $"POST /api/v1/service/iris/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {iris.Key}\r\n"
            + "Transfer-Encoding: chunked\r\n\r\nthis is no chunk size\r\nabc\r\n");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Fact]
    public async Task Score_HeaderOver32Kilobytes_Is431()
    {
        var answer = await SendRawAsync(
            $"POST /api/v1/service/iris/score HTTP/1.1\r\nHost: x\r\nX-Big: {new string('a', 33 * 1024)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Fact]
    public async Task Score_ClientThatSendsOneByteASecond_DoesNotHoldUpOthers()
    {
        using var slow = new TcpClient();
        var gateway = new Uri(Server.GatewayUrl);
        await slow.ConnectAsync(gateway.Host, gateway.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/service/iris/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {iris.Key}\r\n"
            + "Content-Length: 100000\r\n\r\n{"));

        // It is cut off (408, or the connection closed) once its rate is seen to be too low.
        var buffer = new byte[4096];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var received = await slow.GetStream().ReadAsync(buffer, limit.Token);

        Assert.True(
            received == 0 || Encoding.ASCII.GetString(buffer, 0, received).StartsWith("HTTP/1.1 4", StringComparison.Ordinal),
            Encoding.ASCII.GetString(buffer, 0, received));
        await StillServesAsync();
    }

    [Fact]
    public async Task Score_WrongKey_Is401AndUnknownServiceIs404()
    {
        using var wrong = await Server.ScoreAsync("iris", "not-a-key", IrisRequest);
        using var unknown = await Server.ScoreAsync("nobody", iris.Key, IrisRequest);

        Assert.Equal((401, 404), ((int)wrong.StatusCode, (int)unknown.StatusCode));
    }

    [Fact]
    public async Task Cli_MisspelledVerb_ProposesTheRightOne()
    {
        var result = await Server.CliAsync("model", "regsiter");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("register", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cli_NoServer_SaysHowToStartOne()
    {
        using var folder = new TemporaryFolder();

        var result = await ProgramRun.RunAsync(
            Installation.Binary("fairlead"), ["model", "list", "--data", folder.Path]);

        result.Failed(6);
        Assert.Contains("fairlead up", result.Error, StringComparison.Ordinal);
    }

    private async Task StillServesAsync()
    {
        using var answer = await Server.ScoreAsync("iris", iris.Key, IrisRequest);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task NothingWasMadeAsync(string service)
    {
        (await Server.CliAsync("service", "show", "-n", service)).Failed(3);
        await StillServesAsync();
    }

    private async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        var gateway = new Uri(Server.GatewayUrl);
        await client.ConnectAsync(gateway.Host, gateway.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[4096];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer, limit.Token));
    }

    /// <summary>A server with the iris sample, shared by the tests of this class.</summary>
    public sealed class ServedIris : IAsyncLifetime
    {
        internal Server Server { get; private set; } = null!;

        internal string Key { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await Server.StartAsync();
            await Samples.DeployAsync(Server, "iris-onnx", "iris");
            Key = await Server.KeyAsync("iris");
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
