using System.Net.Sockets;
using Fairlead.Gateway;
using Fairlead.Gateway.Listening;
using Fairlead.Host.Hosting;
using Fairlead.Host.Telemetry;

namespace Fairlead.Host.GatewayRole;

/// <summary>Runs a gateway until the process is told to stop: it sends its callers elsewhere, hands its queues over, then ends
/// what is in flight.</summary>
internal static class GatewayRun
{
    /// <summary>Longer than any scoring: how long requests in flight may still run.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(10);

    /// <param name="drain">How long it still takes new requests after it was told to stop.</param>
    public static async Task<int> RunAsync(
        IRouteSource routes, string bind, int port, TimeSpan drain, CancellationToken cancellationToken)
    {
        using var stop = new StopSignals(cancellationToken);
        try
        {
            await routes.PrepareAsync(stop.Token);
        }
        catch (Exception exception) when (exception is InvalidDataException or Kubernetes.Cluster.ClusterException)
        {
            throw new StartupException(ExitCodes.Error, $"{routes.Name}: {exception.Message}", exception);
        }

        await using var app = Build(routes, bind, port);
        await using var telemetry = await TelemetryExport.StartAsync("gateway", app.Configuration, stop.Token);
        try
        {
            await routes.LoadAsync(app.Services, stop.Token);
            await app.ListenAsync(bind, port, "--port", stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (SocketException exception)
        {
            throw new StartupException(
                ExitCodes.PortInUse, $"Gateway:Peers:Address cannot be listened on: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCodes.BadSetting, $"{routes.Name}: {exception.Message}", exception);
        }

        await Console.Out.WriteLineAsync($"gateway    {string.Join(' ', app.Urls)}");
        await telemetry.TellAsync(Console.Out);

        var isAsked = await WaitForEndAsync(app, stop);
        if (isAsked && drain > TimeSpan.Zero)
        {
            app.Services.GetRequiredService<CallerFarewell>().Begin();
            await Task.Delay(drain, app.Services.GetRequiredService<TimeProvider>(), CancellationToken.None);
        }

        await app.StopAsync(CancellationToken.None);
        return isAsked ? ExitCodes.Ok : ExitCodes.Error;
    }

    private static WebApplication Build(IRouteSource routes, string bind, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        RoleDefaults.Apply(builder);
        builder.WebHost.UseKestrelHttpsConfiguration();
        routes.Register(builder.Services);
        builder.Services.AddFairleadGateway(builder.Configuration);
        builder.Services.Configure<GatewayOptions>(options =>
        {
            options.BindAddress = bind == "*" ? bind : FreePort.ParseAddress(bind).ToString();
            options.HttpPort = port;
        });
        builder.WebHost.ListenAsGateway();
        builder.Services.AddSingleton<CallerFarewell>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = LongestEnd);
        var app = builder.Build();
        app.Use(app.Services.GetRequiredService<CallerFarewell>().Wrap);
        app.UseFairleadGateway();
        return app;
    }

    // False: it ended by itself, since something that it cannot do without has failed for good.
    private static async Task<bool> WaitForEndAsync(WebApplication app, StopSignals stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStopping.Register(ended.SetResult);
        var asked = stop.WaitAsync();
        return await Task.WhenAny(asked, ended.Task) == asked;
    }
}
