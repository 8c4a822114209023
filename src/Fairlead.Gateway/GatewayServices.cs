using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Listening;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway;

/// <summary>Puts a gateway into an application.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Adds the gateway, with <see cref="GatewayOptions"/> from section <c>Gateway</c>. The application brings
    /// <see cref="Contracts.Routing.IServiceDirectory"/> and <see cref="Contracts.Routing.IReplicaScaler"/>.
    /// </summary>
    public static IServiceCollection AddFairleadGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection(GatewayOptions.SectionName)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddHttpForwarder();
        services.AddSingleton<RouteTable>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<ReplicaConnections>();
        services.AddSingleton<ReplicaForwarding>();
        services.AddSingleton<ScoringRequests>();
        services.AddHostedService<DirectoryWatch>();
        return services;
    }

    /// <summary>Lets the gateway answer every request of the application.</summary>
    public static void UseFairleadGateway(this WebApplication app) =>
        app.Run(app.Services.GetRequiredService<ScoringRequests>().HandleAsync);
}
