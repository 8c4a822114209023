using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>An OpenID Connect provider as far as its documents go: discovery and keys, on a real socket.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private TestIssuer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>The key set it shows.</summary>
    public string Keys { get; set; } = TokenMaker.KeySet();

    /// <summary>The issuer that its discovery document names; null for its own URL.</summary>
    public string? ClaimedIssuer { get; set; }

    public bool IsDown { get; set; }

    /// <summary>How often its keys were asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new TestIssuer(builder.Build());
        issuer._app.Run(context =>
        {
            if (issuer.IsDown)
            {
                context.Response.StatusCode = 503;
                return Task.CompletedTask;
            }

            switch (context.Request.Path.Value)
            {
                case "/.well-known/openid-configuration":
                    return context.Response.WriteAsync(
                        $$"""{"issuer":"{{issuer.ClaimedIssuer ?? issuer.Url}}","jwks_uri":"{{issuer.Url}}/keys"}""");
                case "/keys":
                    Interlocked.Increment(ref issuer._asked);
                    return context.Response.WriteAsync(issuer.Keys);
                default:
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
            }
        });
        await issuer._app.StartAsync();
        issuer.Url = issuer._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return issuer;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
