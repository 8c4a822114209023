using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fairlead.Bench.Load.Running;

/// <summary>A replica that is a process, so that it can be killed and stopped. Its work is to wait for the milliseconds of the query; its
/// answers tell the most requests it ever had at a time.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    public const string MostHeader = "x-most";

    private readonly int _port;
    private Process? _process;

    public ReplicaProcess(int port) => _port = port;

    public string Address => $"http://127.0.0.1:{_port}";

    public static async Task<ReplicaProcess> StartAsync()
    {
        var replica = new ReplicaProcess(Ports.Free(1)[0]);
        await replica.RestartAsync();
        return replica;
    }

    /// <summary>What the process does.</summary>
    public static async Task ServeAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http1));
        await using var app = builder.Build();
        var requests = new Concurrency();
        app.Run(async context =>
        {
            requests.Enter();
            try
            {
                _ = double.TryParse(context.Request.Query["ms"], CultureInfo.InvariantCulture, out var work);
                await Clock.DelayAsync(work / 1000, context.RequestAborted);
            }
            finally
            {
                requests.Leave();
            }

            context.Response.Headers[MostHeader] = requests.Most.ToString(CultureInfo.InvariantCulture);
            await context.Response.WriteAsync("""{"result":[0.125,0.25,0.5]}""");
        });
        await app.RunAsync();
    }

    public async Task RestartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["replica", $"{_port}"]))!;
        await Answering.WaitAsync(new Uri(Address), () => _process is { HasExited: false });
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: the system still accepts its connections, and nothing answers.</summary>
    public Task HangAsync() => SignalAsync("-STOP");

    public Task GoOnAsync() => SignalAsync("-CONT");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
