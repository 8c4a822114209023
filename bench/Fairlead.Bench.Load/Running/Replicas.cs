using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fairlead.Bench.Load.Running;

/// <summary>Many replicas in this process, a port each. Their work is to wait for as long as the request says. Each knows the most
/// requests it ever had at a time.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly int[] _ports;
    private readonly Concurrency[] _requests;
    private readonly Dictionary<int, int> _numbers;

    private Replicas(WebApplication app, int[] ports)
    {
        _app = app;
        _ports = ports;
        _requests = [.. ports.Select(static _ => new Concurrency())];
        _numbers = ports.Select(static (port, number) => (port, number)).ToDictionary(static p => p.port, static p => p.number);
    }

    /// <summary>What a replica does with a request, from the query; returns when the work is done.</summary>
    public delegate Task Work(int replica, IQueryCollection query, CancellationToken gone);

    public static async Task<Replicas> StartAsync(int count, Work work)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var ports = Ports.Free(count);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var port in ports)
            {
                kestrel.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        var replicas = new Replicas(builder.Build(), ports);
        replicas._app.Run(context => replicas.AnswerAsync(context, work));
        await replicas._app.StartAsync();
        return replicas;
    }

    public string Address(int replica) => $"http://127.0.0.1:{_ports[replica]}";

    public int Most(int replica) => _requests[replica].Most;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, Work work)
    {
        var replica = _numbers[context.Connection.LocalPort];
        _requests[replica].Enter();
        try
        {
            await work(replica, context.Request.Query, context.RequestAborted);
        }
        finally
        {
            // Before the answer: whoever has read it may send the next request at once.
            _requests[replica].Leave();
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"result":[0.125,0.25,0.5]}""");
    }
}
