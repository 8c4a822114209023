using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Listening;
using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A gateway on real sockets, composed as a host composes it, with the replicas a test starts.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly List<FakeReplica> _replicas = [];

    private GatewayFixture(WebApplication app) => _app = app;

    public FakeDirectory Directory { get; private init; } = null!;

    public FakeScaler Scaler { get; private init; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>In the order of HTTP/1.1, HTTP/2, HTTPS, those that are open.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    public IServiceProvider Services => _app.Services;

    public ServiceState Service => Services.GetRequiredService<ServiceTable>().Find(TestRoutes.Service)!;

    /// <summary>So that one connection to a replica is enough: each thread has its own.</summary>
    public static void OneThread(GatewayOptions options) => options.IoThreads = 1;

    public static async Task<GatewayFixture> StartAsync(
        Action<GatewayOptions>? configure = null, FakeDirectory? watched = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var directory = watched ?? new FakeDirectory();
        var scaler = new FakeScaler();
        builder.Services.AddSingleton<IServiceDirectory>(directory);
        builder.Services.AddSingleton<IReplicaScaler>(scaler);
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddFairleadGateway(options =>
        {
            options.HttpPort = 0;
            configure?.Invoke(options);
        });
        builder.WebHost.ListenAsGateway();
        var app = builder.Build();
        app.UseFairleadGateway();
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var fixture = new GatewayFixture(app) { Directory = directory, Scaler = scaler };
        fixture.Addresses = [.. addresses.Select(address => new Uri(address))];
        fixture.Client = new HttpClient { BaseAddress = fixture.Addresses[0], Timeout = Patience };
        return fixture;
    }

    /// <summary>A gateway with one replica of an open service, or of the given one.</summary>
    public static async Task<GatewayFixture> StartWithReplicaAsync(
        RequestDelegate answer, Contracts.Services.ScoringServiceSpec? spec = null, Action<GatewayOptions>? configure = null,
        TimeProvider? time = null)
    {
        var fixture = await StartAsync(configure, time: time);
        var replica = await fixture.AddReplicaAsync("r1", answer);
        fixture.Directory.Publish(TestRoutes.Route(spec ?? TestRoutes.Open, replica.Endpoint()));
        return fixture;
    }

    public async Task<FakeReplica> AddReplicaAsync(string id, RequestDelegate answer)
    {
        var replica = await FakeReplica.StartAsync(id, answer);
        lock (_replicas)
        {
            _replicas.Add(replica);
        }

        return replica;
    }

    public Task<HttpResponseMessage> ScoreAsync(string body = "{}") =>
        Client.PostAsync("/api/v1/service/iris/score", new StringContent(body));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }
}
