using Fairlead.Contracts.Computes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Attaching;

/// <summary>Lets a workspace attach clusters.</summary>
public static class AttachingRegistration
{
    /// <summary>Adds <see cref="IClusterConnector"/>.</summary>
    public static IServiceCollection AddFairleadClusters(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IClusterConnector>(provider => new ClusterConnector(
            ClusterConnector.Open, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
