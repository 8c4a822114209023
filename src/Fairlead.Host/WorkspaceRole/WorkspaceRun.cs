using Fairlead.Contracts.Errors;
using Fairlead.Host.Telemetry;
using Fairlead.Host.Up;
using Fairlead.Kubernetes.Attaching;
using Fairlead.Workspace;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Fairlead.Host.WorkspaceRole;

/// <summary>The life of <c>fairleadd workspace</c>.</summary>
internal static class WorkspaceRun
{
    public static async Task<int> RunAsync(string data, string bind, int port, TimeSpan drain, CancellationToken cancellationToken)
    {
        try
        {
            using var folder = DataDirectory.Open(data);
            using var stop = new StopSignals(cancellationToken);
            await using var app = Build(data, bind, FreePort.OrFree(port, bind));
            await using var telemetry = await TelemetryExport.StartAsync("workspace", app.Configuration, stop.Token);
            await app.StartAsync(stop.Token);
            await Console.Out.WriteLineAsync($"workspace  {string.Join(' ', app.Urls)}");
            if (telemetry.PrometheusAddress is { } metrics)
            {
                await Console.Out.WriteLineAsync($"metrics    {metrics}");
            }

            await stop.WaitAsync();
            await Task.Delay(drain, app.Services.GetRequiredService<TimeProvider>(), CancellationToken.None);
            await app.StopAsync(CancellationToken.None);
            return ExitCodes.Ok;
        }
        catch (StartupException exception)
        {
            return await EndAsync(exception.Message, exception.ExitCode);
        }
        catch (OptionsValidationException exception)
        {
            return await EndAsync(exception.Message, ExitCodes.BadSetting);
        }
        catch (FairleadException exception)
        {
            // What has to be there cannot be had: the database, for example.
            return await EndAsync(exception.Message, ExitCodes.Error);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            return await EndAsync($"Port {port} is in use by another program. Choose another with --port.", ExitCodes.PortInUse);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
    }

    private static WebApplication Build(string data, string bind, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        Up.HostDefaults.Apply(builder);
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

    private static async Task<int> EndAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync($"fairleadd: {message}");
        return code;
    }
}
