using System.Net;
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
    [InlineData("Gateway:HttpPort", "70000")]
    [InlineData("Gateway:BindAddress", "nowhere at all")]
    [InlineData("Gateway:HttpsPort", "443")]
    [InlineData("Gateway:Tls:MinimumVersion", "1.1")]
    [InlineData("Gateway:Tls:RedirectHttp", "true")]
    [InlineData("Gateway:MaxRequestBodyBytes", "0")]
    [InlineData("Gateway:ColdStartWait", "2.00:00:00")]
    public void Options_OutOfRange_AreRefusedByName(string key, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();
        using var services = new ServiceCollection().AddLogging().AddFairleadGateway(configuration).BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IOptions<GatewayOptions>>().Value);

        Assert.Contains(key == "Gateway:Tls:RedirectHttp" ? "Gateway:Tls" : key.Split(':')[^1], exception.Message, StringComparison.Ordinal);
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
}
