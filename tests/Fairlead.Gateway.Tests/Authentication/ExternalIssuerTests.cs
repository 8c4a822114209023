using System.Net;
using System.Net.Http.Headers;
using Fairlead.Contracts.Services;
using Fairlead.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Tests.Authentication;

public sealed class ExternalIssuerTests
{
    [Theory]
    [InlineData(true, "ES256")]
    [InlineData(false, "ES256")]
    [InlineData(true, "RS256")]
    [InlineData(true, "PS256")]
    public async Task Token_OfProvider_OpensTheService(bool byDiscovery, string algorithm)
    {
        await using var provider = await TestIssuer.StartAsync();
        using var maker = new TokenMaker("provider-1", algorithm);
        provider.Keys = TokenMaker.KeySet(maker);
        await using var gateway = await StartAsync(new TokenIssuer
        {
            Issuer = provider.Url,
            Audience = "api://iris",
            JwksUrl = byDiscovery ? null : provider.Url + "/keys",
        });

        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, Token(maker, provider.Url)));
        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, Token(maker, provider.Url)));
        Assert.Equal(HttpStatusCode.Unauthorized, await ScoreAsync(gateway, Token(maker, provider.Url, "api://other")));
        Assert.Equal(HttpStatusCode.Unauthorized, await ScoreAsync(gateway, Token(maker, "https://other.test")));
        Assert.Equal(1, provider.Asked);
    }

    [Fact]
    public async Task Keys_RotatedByProvider_AreFetchedWhenATokenNamesThem()
    {
        await using var provider = await TestIssuer.StartAsync();
        using var first = new TokenMaker("one");
        using var second = new TokenMaker("two");
        provider.Keys = TokenMaker.KeySet(first);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await StartAsync(Of(provider), time);
        var (old, fresh) = (Token(first, provider.Url), Token(second, provider.Url));
        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, old));

        provider.Keys = TokenMaker.KeySet(second);
        Assert.Equal(HttpStatusCode.Unauthorized, await ScoreAsync(gateway, fresh));
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, fresh));
        Assert.Equal(HttpStatusCode.Unauthorized, await ScoreAsync(gateway, old));
    }

    [Fact]
    public async Task Provider_Down_KnownKeysStayInUse()
    {
        await using var provider = await TestIssuer.StartAsync();
        using var maker = new TokenMaker("one");
        provider.Keys = TokenMaker.KeySet(maker);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await StartAsync(Of(provider), time);
        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, Token(maker, provider.Url)));

        provider.IsDown = true;
        time.Advance(TimeSpan.FromMinutes(61));

        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, Token(maker, provider.Url, lifetime: TimeSpan.FromHours(3))));
    }

    [Fact]
    public async Task Provider_NeverReached_Is503ThatSaysSo()
    {
        await using var provider = await TestIssuer.StartAsync();
        provider.IsDown = true;
        using var maker = new TokenMaker("one");
        await using var gateway = await StartAsync(Of(provider));
        using var request = Request(Token(maker, provider.Url));

        using var response = await gateway.Client.SendAsync(request);

        await Expect.OwnAnswerAsync(response, HttpStatusCode.ServiceUnavailable, "token-keys-unavailable");
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Discovery_OfAnotherIssuer_IsNotBelieved()
    {
        await using var provider = await TestIssuer.StartAsync();
        using var maker = new TokenMaker("one");
        provider.Keys = TokenMaker.KeySet(maker);
        provider.ClaimedIssuer = "https://somebody.test";
        await using var gateway = await StartAsync(Of(provider));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ScoreAsync(gateway, Token(maker, provider.Url)));
    }

    [Fact]
    public async Task UnknownKeys_AskTheProviderOnceInAWhile()
    {
        await using var provider = await TestIssuer.StartAsync();
        using var maker = new TokenMaker("one");
        provider.Keys = TokenMaker.KeySet(maker);
        await using var gateway = await StartAsync(Of(provider));
        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, Token(maker, provider.Url)));

        for (var index = 0; index < 10; index++)
        {
            using var stranger = new TokenMaker("made-up-" + index);
            Assert.Equal(HttpStatusCode.Unauthorized, await ScoreAsync(gateway, Token(stranger, provider.Url)));
        }

        Assert.Equal(1, provider.Asked);
    }

    private static TokenIssuer Of(TestIssuer provider) => new() { Issuer = provider.Url, Audience = "api://iris" };

    private static Task<GatewayFixture> StartAsync(TokenIssuer issuer, TimeProvider? time = null) => GatewayFixture.StartWithReplicaAsync(
        context => context.Response.WriteAsync("token:" + context.Request.Headers.Authorization),
        TestRoutes.Open with { TokenAuthEnabled = true, TokenIssuers = [issuer] },
        time: time);

    private static string Token(TokenMaker maker, string issuer, string audience = "api://iris", TimeSpan? lifetime = null) =>
        maker.Sign(issuer, audience, DateTimeOffset.UtcNow, lifetime ?? TimeSpan.FromHours(1));

    private static HttpRequestMessage Request(string token) => new(HttpMethod.Post, "/api/v1/service/iris/score")
    {
        Content = new StringContent("{}"),
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    private static async Task<HttpStatusCode> ScoreAsync(GatewayFixture gateway, string token)
    {
        using var request = Request(token);
        using var response = await gateway.Client.SendAsync(request);
        if (response.IsSuccessStatusCode)
        {
            // The script never sees it.
            Assert.Equal("token:", await response.Content.ReadAsStringAsync());
        }
        else
        {
            Assert.NotNull(Expect.Header(response, "x-fairlead-gateway"));
        }

        return response.StatusCode;
    }
}
