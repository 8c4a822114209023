using System.Reflection;
using Fairlead.Host.Hosting;
using Fairlead.Host.Telemetry;

namespace Fairlead.Host.Up;

/// <summary>The life of <c>fairleadd up</c>: lock, start, tell, wait for a signal, drain, stop.</summary>
internal static class UpRun
{
    public static async Task<int> RunAsync(UpSettings given, CancellationToken cancellationToken)
    {
        if (!File.Exists(given.ScoringHost))
        {
            throw new StartupException(
                ExitCodes.BadSetting,
                $"The scoring host '{given.ScoringHost}' does not exist. Build it with './build.sh dist', "
                + "or say where it is with --scoring-host.");
        }

        using var data = DataDirectory.Open(given.DataDirectory);
        var settings = given with
        {
            WorkspacePort = FreePort.OrFree(given.WorkspacePort, given.BindAddress),
            GatewayPort = FreePort.OrFree(given.GatewayPort, given.BindAddress),
        };

        using var stop = new StopSignals(cancellationToken);

        await using var workspace = WorkspaceApp.Build(settings);
        await using var gateway = GatewayApp.Build(settings, workspace.Services);

        await using var telemetry = await TelemetryExport.StartAsync("up", workspace.Configuration, stop.Token);
        await workspace.ListenAsync(settings.BindAddress, settings.WorkspacePort, "--port", stop.Token);
        try
        {
            await gateway.ListenAsync(settings.BindAddress, settings.GatewayPort, "--gateway-port", stop.Token);
            var server = Describe(settings, workspace.Services.GetRequiredService<TimeProvider>());
            server.Write();
            await Console.Out.WriteLineAsync($"workspace  {server.WorkspaceUrl}\ngateway    {server.GatewayUrl}");
            await telemetry.TellAsync(Console.Out);

            await stop.WaitAsync();
            ServerFile.Remove(settings.DataDirectory);

            // Callers first: the gateway ends what is in flight while the replicas still run.
            await gateway.StopAsync(CancellationToken.None);
        }
        finally
        {
            await workspace.StopAsync(CancellationToken.None);
        }

        return ExitCodes.Ok;
    }

    private static ServerFile Describe(UpSettings settings, TimeProvider time)
    {
        var host = FreePort.UrlHost(settings.BindAddress);
        return new ServerFile(
            Environment.ProcessId,
            $"http://{host}:{settings.WorkspacePort}",
            GatewayUrl(settings),
            settings.DataDirectory,
            time.GetUtcNow(),
            typeof(UpRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
    }

    /// <summary>The base of scoring URLs.</summary>
    public static string GatewayUrl(UpSettings settings) =>
        $"http://{FreePort.UrlHost(settings.BindAddress)}:{settings.GatewayPort}";
}
