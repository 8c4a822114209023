using System.Net.Sockets;
using Fairlead.Gateway;
using Fairlead.Gateway.Listening;
using Fairlead.Host.Up;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Fairlead.Host.GatewayRole;

/// <summary>Runs a gateway until the process is told to stop: it hands its queues over, then ends what is in flight.</summary>
internal static class GatewayRun
{
    public static async Task<int> RunAsync(IRouteSource routes, string bind, int port, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(routes, bind, port);
            using var stop = new StopSignals(cancellationToken);
            try
            {
                await routes.LoadAsync(app.Services, stop.Token);
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
                throw new StartupException(ExitCodes.BadSetting, $"{routes.Name}: {exception.Message}", exception);
            }

            await Console.Out.WriteLineAsync($"gateway    {string.Join(' ', app.Urls)}");
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

    private static WebApplication Build(IRouteSource routes, string bind, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        Up.HostDefaults.Apply(builder);
        builder.WebHost.UseKestrelHttpsConfiguration();
        routes.Register(builder.Services);
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
