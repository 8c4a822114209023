using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;
using Fairlead.Workspace.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fairlead.Workspace.Tests.Tokens;

public sealed class TokenTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync(
        time: _time,
        configure: options => options.Tokens = new TokenOptions
        {
            Lifetime = TimeSpan.FromMinutes(40),
            KeyLifetime = TimeSpan.FromHours(2),
            PublishAhead = TimeSpan.FromMinutes(30),
        });

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Token_OfService_IsOneThatItsComputeTargetCanCheck()
    {
        await DeployAsync("iris");

        var token = await TokenAsync("iris");

        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(("Bearer", now + (40 * 60), now + (20 * 60)), (token.TokenType, token.ExpiryOn, token.RefreshAfter));
        var parsed = new JsonWebToken(token.AccessToken);
        Assert.Equal(("ES256", "admin"), (parsed.Alg, parsed.Subject));
        Assert.Equal(token.ExpiryOn, new DateTimeOffset(parsed.ValidTo).ToUnixTimeSeconds());
        Assert.True(await IsAcceptedAsync(token, "iris"));
        Assert.NotEqual(parsed.Id, new JsonWebToken((await TokenAsync("iris")).AccessToken).Id);
    }

    [Fact]
    public async Task Token_Answer_Is201()
    {
        await DeployAsync("iris");

        using var response = await _workspace.Http.PostAsync("services/iris/token", null);

        Assert.Equal(201, (int)response.StatusCode);
    }

    [Fact]
    public async Task Token_OfServiceWithKeys_IsRefusedWithTheWayOut()
    {
        await _workspace.DeployAsync("keyed");

        var problem = await TestWorkspace.RefusalAsync(
            _workspace.Http.PostAsync("services/keyed/token", null), 400, ErrorCodes.TokenAuthNotEnabled);

        Assert.Contains("get-keys", problem.Message, StringComparison.Ordinal);
        Assert.Null(_workspace.Compute.Find("keyed")!.Secret.Tokens);
        await TestWorkspace.RefusalAsync(_workspace.Http.PostAsync("services/none/token", null), 404, ErrorCodes.ServiceNotFound);
    }

    [Fact]
    public async Task Update_KeysToTokensAndBack_ChangesWhatOpensIt()
    {
        var (service, _) = await _workspace.DeployAsync("iris", request => request with { AuthEnabled = true });
        Assert.True(service.AuthEnabled);

        await _workspace.UpdateAsync("iris", new PatchStep("add", "/aadAuthEnabled", true));
        service = await _workspace.ServiceAsync("iris");
        Assert.Equal((false, true), (service.AuthEnabled, service.AadAuthEnabled));
        Assert.True(await IsAcceptedAsync(await TokenAsync("iris"), "iris"));

        await _workspace.UpdateAsync("iris", new PatchStep("add", "/authEnabled", true));
        service = await _workspace.ServiceAsync("iris");
        Assert.Equal((true, false), (service.AuthEnabled, service.AadAuthEnabled));
        Assert.Null(_workspace.Compute.Find("iris")!.Secret.Tokens);
    }

    [Fact]
    public async Task Keys_Rotate_WithNoMomentAtWhichATokenFails()
    {
        await DeployAsync("iris");
        var first = await TokenAsync("iris");

        // Half an hour before its time the new key is with the compute target, and signs nothing yet.
        _time.Advance(TimeSpan.FromMinutes(90));
        await PublishedAsync(2);
        var late = await TokenAsync("iris");
        Assert.Equal(Kid(first), Kid(late));

        _time.Advance(TimeSpan.FromMinutes(30));
        var next = await TokenAsync("iris");
        Assert.NotEqual(Kid(late), Kid(next));
        Assert.True(await IsAcceptedAsync(late, "iris"));
        Assert.True(await IsAcceptedAsync(next, "iris"));

        // The old one goes when its last token has ended, with the skew of clocks.
        _time.Advance(TimeSpan.FromMinutes(44));
        Assert.False(await _workspace.Services.GetRequiredService<TokenKeys>().MaintainAsync(TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromMinutes(2));
        await PublishedAsync(1);
        Assert.Equal(Kid(next), Published("iris").Single().KeyId);
        Assert.Equal(1, _workspace.Compute.Find("iris")!.Generation);
    }

    [Fact]
    public async Task Keys_NotTakenByComputeTarget_AreBroughtAgain()
    {
        await DeployAsync("iris");
        _workspace.Compute.ApplyFails = new IOException("away");

        _time.Advance(TimeSpan.FromHours(2));
        await Eventually.TrueAsync(() => Task.FromResult(_workspace.Compute.ApplyFails is null), "the failure");
        _time.Advance(TimeSpan.FromMinutes(1));

        await PublishedAsync(2);
    }

    [Fact]
    public async Task Restart_KeepsTheKeys_AndTheyAreNowhereInPlain()
    {
        await DeployAsync("iris");
        var token = await TokenAsync("iris");
        var before = _workspace.Compute.Find("iris")!.Secret.Tokens!;

        _workspace = await _workspace.RestartAsync();

        Assert.Equal(before, _workspace.Compute.Find("iris")!.Secret.Tokens);
        Assert.True(await IsAcceptedAsync(token, "iris"));
        Assert.SkipWhen(TestDatabases.IsPostgres, "What follows looks into the file of SQLite.");
        await _workspace.StopAsync();
        var database = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(_workspace.Data.Path, "workspace.db")));
        Assert.Contains(Kid(token), database, StringComparison.Ordinal);

        // How an unencrypted PKCS #8 key of this curve begins.
        Assert.DoesNotContain("MIGHAgEAMBMGByqGSM49", database, StringComparison.Ordinal);
        _workspace = await TestWorkspace.StartAsync(_workspace.Data, time: _time);
    }

    [Fact]
    public async Task PublicKeys_AreOpenToAll_AndThoseOfTheService()
    {
        await DeployAsync("iris");
        using var anyone = new HttpClient();

        var text = await anyone.GetStringAsync(new Uri(_workspace.Root, "/.well-known/jwks.json"));

        Assert.Equal(_workspace.Compute.Find("iris")!.Secret.Tokens!.Keys, text);
        Assert.DoesNotContain("\"d\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_MadeAgain_TakesNoTokenOfTheOneBefore()
    {
        await DeployAsync("iris");
        var before = _workspace.Compute.Find("iris")!.Secret.Tokens!.NotBefore;
        await _workspace.EndOfAsync(await _workspace.Http.DeleteAsync("services/iris"));
        _time.Advance(TimeSpan.FromSeconds(10));

        await DeployAsync("iris");

        Assert.Equal(before.AddSeconds(10), _workspace.Compute.Find("iris")!.Secret.Tokens!.NotBefore);
    }

    [Theory]
    [InlineData("http://idp.example.com", "iris", "tokenIssuers[0].issuer")]
    [InlineData("", "iris", "tokenIssuers[0].issuer")]
    [InlineData("https://idp.example.com", "", "tokenIssuers[0].audience")]
    public async Task Issuer_Wrong_IsRefusedByName(string issuer, string audience, string field)
    {
        var request = await _workspace.RequestAsync("iris", given => given with
        {
            AadAuthEnabled = true,
            TokenIssuers = [new TokenIssuer { Issuer = issuer, Audience = audience }],
        });

        var problem = await TestWorkspace.RefusalAsync(_workspace.PostAsync(request), 400, ErrorCodes.InvalidArgument);

        Assert.Equal(field, problem.Details.Single().Target);
    }

    [Fact]
    public async Task Issuer_ForServiceWithKeys_IsRefused()
    {
        var request = await _workspace.RequestAsync(
            "iris", given => given with { TokenIssuers = [new TokenIssuer { Issuer = "https://idp.example.com", Audience = "iris" }] });

        var problem = await TestWorkspace.RefusalAsync(_workspace.PostAsync(request), 400, ErrorCodes.InvalidArgument);

        Assert.Equal("tokenIssuers", problem.Details.Single().Target);
    }

    [Fact]
    public async Task Issuer_OfService_IsShownAndReachesTheComputeTarget()
    {
        var issuer = new TokenIssuer { Issuer = "https://idp.example.com", Audience = "iris", JwksUrl = "https://idp.example.com/keys" };
        var (service, _) = await _workspace.DeployAsync("iris", request => request with { AadAuthEnabled = true, TokenIssuers = [issuer] });

        Assert.Equal([issuer], service.TokenIssuers);
        Assert.Equal([issuer], _workspace.Compute.Find("iris")!.Spec.TokenIssuers);
    }

    private static string Kid(AccessTokenDto token) => new JsonWebToken(token.AccessToken).Kid;

    private async Task DeployAsync(string name)
    {
        var (_, operation) = await _workspace.DeployAsync(name, request => request with { AadAuthEnabled = true });
        Assert.Equal(OperationState.Succeeded, operation.State);
    }

    private async Task<AccessTokenDto> TokenAsync(string service) => await TestWorkspace.ReadAsync(
        await _workspace.Http.PostAsync($"services/{service}/token", null), ContractsJson.Default.AccessTokenDto);

    private Task PublishedAsync(int count) => Eventually.TrueAsync(
        () => Task.FromResult(Published("iris").Count == count), $"{count} published keys");

    private IList<SecurityKey> Published(string service) =>
        new JsonWebKeySet(_workspace.Compute.Find(service)!.Secret.Tokens!.Keys).GetSigningKeys();

    private async Task<bool> IsAcceptedAsync(AccessTokenDto token, string service)
    {
        var trust = _workspace.Compute.Find(service)!.Secret.Tokens!;
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token.AccessToken, new TokenValidationParameters
        {
            ValidIssuer = trust.Issuer,
            ValidAudience = trust.Audience,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = Published(service),
            ValidateLifetime = false,
        });
        return result.IsValid && new DateTimeOffset(new JsonWebToken(token.AccessToken).IssuedAt) >= trust.NotBefore;
    }
}
