using System.Net.Sockets;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway;
using Fairlead.Gateway.Listening;
using Fairlead.Host.Telemetry;
using Fairlead.Host.Up;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Fairlead.Host.GatewayRole;

/// <summary>Runs a gateway until the process is told to stop: it hands its queues over, then ends what is in flight.</summary>
internal static class GatewayRun
{
    public static async Task<int> RunAsync(string routes, string bind, int port, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(routes, bind, port);
            using var stop = new StopSignals(cancellationToken);
            await using var telemetry = await TelemetryExport.StartAsync("gateway", app.Configuration, stop.Token);
            try
            {
                app.Services.GetRequiredService<FileDirectory>().Load();
                await app.StartAsync(stop.Token);
            }
            catch (IOException exception) when (exception.InnerException is AddressInUseException)
            {
                throw new StartupException(
                    ExitCodes.PortInUse, $"Port {port} is in use by another program. Choose another with --port.", exception);
            }
            catch (SocketException exception)
            {
                throw new StartupException(
                    ExitCodes.PortInUse, $"Gateway:Peers:Address cannot be listened on: {exception.Message}", exception);
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                throw new StartupException(ExitCodes.BadSetting, $"--routes {routes}: {exception.Message}", exception);
            }

            await Console.Out.WriteLineAsync($"gateway    {string.Join(' ', app.Urls)}");
            if (telemetry.PrometheusAddress is { } metrics)
            {
                await Console.Out.WriteLineAsync($"metrics    {metrics}");
            }

            await stop.WaitAsync();
            await app.StopAsync(CancellationToken.None);
            return ExitCodes.Ok;
        }
        catch (StartupException exception)
        {
            await Console.Error.WriteLineAsync($"fairleadd: {exception.Message}");
            return exception.ExitCode;
        }
        catch (OptionsValidationException exception)
        {
            await Console.Error.WriteLineAsync($"fairleadd: {exception.Message}");
            return ExitCodes.BadSetting;
        }
    }

    private static WebApplication Build(string routes, string bind, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        Up.HostDefaults.Apply(builder);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(provider => new FileDirectory(
            routes, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FileDirectory>>()));
        builder.Services.AddSingleton<IServiceDirectory>(provider => provider.GetRequiredService<FileDirectory>());
        builder.Services.AddSingleton<IReplicaScaler>(provider => provider.GetRequiredService<FileDirectory>());
        builder.Services.AddHostedService(provider => provider.GetRequiredService<FileDirectory>());
        builder.Services.AddFairleadGateway(builder.Configuration);
        builder.Services.Configure<GatewayOptions>(options =>
        {
            options.BindAddress = FreePort.ParseAddress(bind).ToString();
            options.HttpPort = port;
        });
        builder.WebHost.ConfigureKestrel((_, kestrel) => GatewayListening.Configure(
            kestrel, kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value));
        var app = builder.Build();
        app.UseFairleadGateway();
        return app;
    }
}
