using Fairlead.Host.Hosting;
using Fairlead.Host.Telemetry;
using Fairlead.Host.Up;
using Fairlead.Kubernetes.Attaching;
using Fairlead.Workspace;

namespace Fairlead.Host.WorkspaceRole;

/// <summary>The life of <c>fairleadd workspace</c>.</summary>
internal static class WorkspaceRun
{
    public static async Task<int> RunAsync(string data, string bind, int port, TimeSpan drain, CancellationToken cancellationToken)
    {
        using var folder = DataDirectory.Open(data);
        using var stop = new StopSignals(cancellationToken);
        port = FreePort.OrFree(port, bind);
        await using var app = Build(data, bind, port);
        await using var telemetry = await TelemetryExport.StartAsync("workspace", app.Configuration, stop.Token);
        try
        {
            await app.ListenAsync(bind, port, "--port", stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }

        await Console.Out.WriteLineAsync($"workspace  {string.Join(' ', app.Urls)}");
        await telemetry.TellAsync(Console.Out);
        await stop.WaitAsync();
        await Task.Delay(drain, app.Services.GetRequiredService<TimeProvider>(), CancellationToken.None);
        await app.StopAsync(CancellationToken.None);
        return ExitCodes.Ok;
    }

    private static WebApplication Build(string data, string bind, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        RoleDefaults.Apply(builder);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(FreePort.ParseAddress(bind), port));
        builder.Services.AddFairleadClusters(Path.Combine(data, "logs", "clusters"));
        builder.Services.AddFairleadWorkspace(
            options =>
            {
                builder.Configuration.GetSection(WorkspaceOptions.SectionName).Bind(options);
                options.DataDirectory = data;
            },
            isShared: true);
        var app = builder.Build();
        app.MapFairleadWorkspace();
        return app;
    }
}
