using Fairlead.Contracts.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A replica: a real server whose answers a test writes. It knows the most requests it ever had at a time.</summary>
internal sealed class FakeReplica : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _now;
    private int _most;
    private int _served;

    private FakeReplica(string id, WebApplication app)
    {
        Id = id;
        _app = app;
    }

    public string Id { get; }

    public Uri Address { get; private set; } = null!;

    public int Now => Volatile.Read(ref _now);

    public int Most => Volatile.Read(ref _most);

    public int Served => Volatile.Read(ref _served);

    public static async Task<FakeReplica> StartAsync(string id, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var replica = new FakeReplica(id, builder.Build());
        replica._app.Run(async context =>
        {
            var now = Interlocked.Increment(ref replica._now);
            InterlockedMax(ref replica._most, now);
            Interlocked.Increment(ref replica._served);
            try
            {
                await answer(context);
            }
            finally
            {
                Interlocked.Decrement(ref replica._now);
            }
        });
        await replica._app.StartAsync();
        replica.Address = new Uri(replica._app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.First());
        return replica;
    }

    public ReplicaEndpoint Endpoint(int limit = 1, bool draining = false) => new(Id, Address, limit, draining);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
