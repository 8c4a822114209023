using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Gateway.Tests.Authentication;

public sealed class ServiceTokensTests : IDisposable
{
    private const string Issuer = "urn:fairlead:workspace:default";
    private const string Audience = "urn:fairlead:service:iris";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly TokenMaker _maker = new();
    private readonly TokenMaker _next = new("k2");
    private readonly TokenTrust _trust;

    public ServiceTokensTests() =>
        _trust = new TokenTrust(Options.Create(new GatewayOptions()), _time, NullLogger<TokenTrust>.Instance);

    public void Dispose()
    {
        _maker.Dispose();
        _next.Dispose();
        _trust.Dispose();
    }

    [Fact]
    public async Task Token_OfWorkspace_IsAcceptedAndRemembered()
    {
        var tokens = Tokens();
        var token = Token();
        var hash = CredentialHash.Of(token);

        Assert.False(tokens.Remembers(hash));
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(tokens, token));
        Assert.True(tokens.Remembers(hash));
    }

    [Theory]
    [InlineData("iss", "urn:fairlead:workspace:other")]
    [InlineData("aud", "urn:fairlead:service:other")]
    [InlineData("exp", null)]
    [InlineData("exp", "soon")]
    [InlineData("aud", null)]
    [InlineData("iss", null)]
    public async Task Claim_WrongOrMissing_IsInvalid(string claim, string? value)
    {
        var claims = Claims();
        claims.Remove(claim);
        if (value is not null)
        {
            claims[claim] = value;
        }

        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(Tokens(), _maker.Sign(claims)));
    }

    [Fact]
    public async Task Token_ForSeveralServices_IsAccepted()
    {
        var claims = Claims();
        claims["aud"] = new[] { "urn:fairlead:service:other", Audience };

        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(Tokens(), _maker.Sign(claims)));
    }

    [Fact]
    public async Task Signature_NotOfIssuer_IsInvalid()
    {
        using var stranger = new TokenMaker();
        var token = Token();
        var tokens = Tokens();

        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(tokens, stranger.Sign(Claims())));
        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(tokens, _next.Sign(Claims())));
        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(tokens, token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA")));
        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(tokens, TokenMaker.Forge("""{"alg":"none","typ":"JWT"}""", Claims())));
        Assert.Equal(
            TokenVerdict.Invalid,
            await CheckAsync(tokens, TokenMaker.Forge("""{"alg":"HS256","kid":"k1"}""", Claims(), System.Text.Encoding.UTF8.GetBytes(_maker.PublicKey))));
    }

    [Fact]
    public async Task Header_ThatMustBeUnderstood_IsInvalid() => Assert.Equal(
        TokenVerdict.Invalid,
        await CheckAsync(Tokens(), _maker.Sign(Claims(), new() { ["crit"] = new[] { "b64" }, ["b64"] = false })));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AAAA")]
    [InlineData("e30.e30.")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("W10.W10.W10")]
    public async Task Text_ThatIsNoToken_IsInvalid(string text) =>
        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(Tokens(), text));

    [Fact]
    public async Task AnyText_IsNeverAcceptedAndNeverThrows() => await CsCheck.Check.SampleAsync(
        CsCheck.Gen.Select(CsCheck.Gen.String, CsCheck.Gen.String, CsCheck.Gen.String),
        async parts =>
        {
            var header = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(parts.Item1);
            var body = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(parts.Item2);
            Assert.NotEqual(TokenVerdict.Accepted, await CheckAsync(Tokens(), parts.Item1));
            Assert.NotEqual(TokenVerdict.Accepted, await CheckAsync(Tokens(), $"{header}.{body}.{parts.Item3}"));
        },
        iter: 500);

    [Fact]
    public async Task Time_OfToken_HasTheSkewOfClocks()
    {
        var tokens = Tokens();
        var early = _maker.Sign(Issuer, Audience, _time.GetUtcNow() + TimeSpan.FromMinutes(4), TimeSpan.FromHours(1));
        var tooEarly = _maker.Sign(Issuer, Audience, _time.GetUtcNow() + TimeSpan.FromMinutes(6), TimeSpan.FromHours(1));
        var token = Token();

        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(tokens, early));
        Assert.Equal(TokenVerdict.NotYetValid, await CheckAsync(tokens, tooEarly));
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(tokens, token));
        _time.Advance(TimeSpan.FromMinutes(64));
        Assert.True(tokens.Remembers(CredentialHash.Of(token)));
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(tokens, token));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(tokens.Remembers(CredentialHash.Of(token)));
        Assert.Equal(TokenVerdict.Expired, await CheckAsync(tokens, token));
    }

    [Fact]
    public async Task Token_OfEarlierServiceOfTheName_IsRefused()
    {
        var route = Route();
        var remade = route with { Secret = route.Secret with { Tokens = route.Secret.Tokens! with { NotBefore = _time.GetUtcNow() } } };
        var old = _maker.Sign(Issuer, Audience, _time.GetUtcNow() - TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(_trust.For(route, null)!, old));
        Assert.Equal(TokenVerdict.NotYetValid, await CheckAsync(_trust.For(remade, null)!, old));
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(_trust.For(remade, null)!, Token()));
    }

    [Fact]
    public async Task Keys_Rotated_OldAndNewWorkUntilTheOldIsGone()
    {
        var (old, fresh) = (Token(), _next.Sign(Claims()));
        var before = Tokens();
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(before, old));

        var both = _trust.For(Route(_maker, _next), before)!;
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(both, old));
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(both, fresh));

        var after = _trust.For(Route(_next), both)!;
        Assert.False(after.Remembers(CredentialHash.Of(old)));
        Assert.Equal(TokenVerdict.Invalid, await CheckAsync(after, old));
        Assert.Equal(TokenVerdict.Accepted, await CheckAsync(after, fresh));
    }

    [Fact]
    public async Task Route_SameTrust_KeepsWhatIsRemembered()
    {
        var before = Tokens();
        await CheckAsync(before, Token());

        Assert.Same(before, _trust.For(Route(), before));
        Assert.Null(_trust.For(Route() with { Spec = new ScoringServiceSpec() }, before));
    }

    [Fact]
    public async Task Remembered_Tokens_AreBounded()
    {
        var tokens = Tokens();
        var hashes = new List<CredentialHash>();
        for (var index = 0; index < ServiceTokens.MaxRemembered + 10; index++)
        {
            var token = _maker.Sign(Issuer, Audience, _time.GetUtcNow() - TimeSpan.FromSeconds(index % 200), TimeSpan.FromHours(1 + index));
            hashes.Add(CredentialHash.Of(token));
            Assert.Equal(TokenVerdict.Accepted, await CheckAsync(tokens, token));
        }

        Assert.InRange(hashes.Count(hash => tokens.Remembers(hash)), 1, ServiceTokens.MaxRemembered);
    }

    [Fact]
    public async Task RememberedToken_Check_AllocatesNothing()
    {
        var tokens = Tokens();
        var token = Token();
        await CheckAsync(tokens, token);
        Assert.True(tokens.Remembers(CredentialHash.Of(token)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var all = true;
        for (var index = 0; index < 1000; index++)
        {
            all &= tokens.Remembers(CredentialHash.Of(token));
        }

        Assert.True(all);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static ValueTask<TokenVerdict> CheckAsync(ServiceTokens tokens, string token) =>
        tokens.CheckAsync(token, CredentialHash.Of(token), TestContext.Current.CancellationToken);

    private ServiceTokens Tokens() => _trust.For(Route(), null)!;

    private string Token() => _maker.Sign(Claims());

    private Dictionary<string, object> Claims() => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["iat"] = _time.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = _time.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
    };

    private ServiceRoute Route(params TokenMaker[] makers) =>
        TestRoutes.Route(TestRoutes.Open with { TokenAuthEnabled = true }) with
        {
            Secret = new ServiceSecret([])
            {
                Tokens = new WorkspaceTokens(Issuer, Audience, TokenMaker.KeySet(makers is [] ? [_maker] : makers)),
            },
        };
}
