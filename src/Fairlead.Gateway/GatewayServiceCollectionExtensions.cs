using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Administration;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Autoscaling;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Listening.Tls;
using Fairlead.Gateway.Peering;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.SelfScaling;
using Fairlead.Gateway.Shadowing;
using Fairlead.Gateway.Splitting;
using Fairlead.Gateway.Telemetry;
using Fairlead.Gateway.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway;

/// <summary>Adds a gateway to a host's services.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds the gateway with options from the section <see cref="GatewayOptions.SectionName"/>. The host also provides
    /// <see cref="IServiceDirectory"/> and <see cref="IReplicaScaler"/>, opens ports with
    /// <see cref="Listening.GatewayListening.ListenAsGateway"/> and calls
    /// <see cref="GatewayApplicationExtensions.UseFairleadGateway"/>.
    /// </summary>
    /// <remarks>Bad options stop the start with an <see cref="OptionsValidationException"/> that names the key.</remarks>
    public static IServiceCollection AddFairleadGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection(GatewayOptions.SectionName));
        return services.AddGateway();
    }

    /// <summary>Adds the gateway with options set in code; see the other overload.</summary>
    public static IServiceCollection AddFairleadGateway(this IServiceCollection services, Action<GatewayOptions> configure)
    {
        services.AddOptions<GatewayOptions>().Configure(configure);
        return services.AddGateway();
    }

    private static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddOptions<GatewayOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.Configure<SocketTransportOptions>(static transport =>
        {
            // A request costs a receive less, and a connection 4 KB while it is idle.
            transport.WaitForDataBeforeAllocatingBuffer = false;

            // The gateway never blocks a thread, so it may run where the bytes came.
            transport.UnsafePreferInlineScheduling = true;
        });
        services.AddSingleton<IoLoops>();
        services.AddSingleton<IConnectionListenerFactory, LoopTransport>();
        services.AddSingleton<ScaleSignal>();
        services.AddSingleton<PeerService>();
        services.AddSingleton(static provider => new ServiceQueues(
            provider.GetRequiredService<TimeProvider>(), Peers(provider)));
        services.AddSingleton<TlsMetrics>();
        services.AddSingleton<TlsCertificates>();
        services.AddSingleton<TlsHandshakes>();
        services.AddHostedService(static provider => provider.GetRequiredService<TlsCertificates>());
        services.AddSingleton<TokenTrust>();
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton<ServiceTable>();
        services.AddSingleton<IHostedService>(
            static provider => Peers(provider) is { } peers ? peers : new AloneService());
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<ReplicaStartMetrics>();
        services.AddSingleton<LoadMeter>();
        services.AddSingleton<LeasedAttempts>();
        services.AddSingleton<ShadowMetrics>();
        services.AddSingleton<ShadowTraffic>();
        services.AddSingleton<VersionChoice>();
        services.AddSingleton<RequestTelemetry>();
        services.AddSingleton<AccessLog>();
        services.AddHostedService(static provider => provider.GetRequiredService<AccessLog>());
        services.AddSingleton<ReplicaConnections>();
        services.AddSingleton<ReplicaForwarder>();
        services.AddSingleton<ServiceRequestHandler>();
        services.AddSingleton<GatewayStatus>();
        services.AddSingleton<AdminEndpoint>();
        services.AddSingleton<GatewayMiddleware>();
        services.AddHostedService(static provider => provider.GetRequiredService<ServiceTable>());
        services.AddSingleton<AutoscalerLoop>();
        services.AddHostedService(static provider => provider.GetRequiredService<AutoscalerLoop>());
        return services;
    }

    /// <summary>Lets the gateways of a cluster scale themselves, when their configuration says so. Needs an
    /// <see cref="IGatewayFleet"/>.</summary>
    public static IServiceCollection AddSelfScaling(this IServiceCollection services) => services.AddHostedService<SelfScaler>();

    private static PeerService? Peers(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Peers.IsEnabled
            ? provider.GetRequiredService<PeerService>()
            : null;

    // A gateway without others has nothing to run.
    private sealed class AloneService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
