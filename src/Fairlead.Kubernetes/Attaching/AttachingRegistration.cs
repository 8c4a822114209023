using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Attaching;

/// <summary>Lets a workspace attach clusters.</summary>
public static class AttachingRegistration
{
    /// <summary>Adds <see cref="IClusterConnector"/>; needs <see cref="IBlobSource"/> and <see cref="IBlobLinks"/>.</summary>
    /// <param name="services">Of the workspace.</param>
    /// <param name="logFolder">Where the logs of pods are kept.</param>
    public static IServiceCollection AddFairleadClusters(this IServiceCollection services, string logFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IClusterConnector>(provider => new ClusterConnector(
            ClusterConnector.Open, logFolder, provider.GetRequiredService<IBlobSource>(), provider.GetRequiredService<IBlobLinks>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
