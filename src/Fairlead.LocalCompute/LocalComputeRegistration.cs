using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fairlead.LocalCompute;

/// <summary>Adds local compute to a host.</summary>
public static class LocalComputeRegistration
{
    /// <summary>
    /// Adds one local compute target as <see cref="IComputeTarget"/>, <see cref="IServiceDirectory"/>,
    /// <see cref="IReplicaScaler"/> and hosted service. Needs an <see cref="Contracts.Storage.IBlobSource"/> in
    /// <paramref name="services"/>. Hosted services stop in reverse order: add this before the gateway, so that
    /// replicas outlive the requests on their way to them.
    /// </summary>
    public static IServiceCollection AddLocalCompute(this IServiceCollection services, Action<LocalComputeOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<LocalComputeOptions>, LocalComputeOptionsValidator>();
        services.AddOptions<LocalComputeOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<LocalComputeTarget>();
        services.AddSingleton<IComputeTarget>(provider => provider.GetRequiredService<LocalComputeTarget>());
        services.AddSingleton<IServiceDirectory>(provider => provider.GetRequiredService<LocalComputeTarget>());
        services.AddSingleton<IReplicaScaler>(provider => provider.GetRequiredService<LocalComputeTarget>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LocalComputeTarget>());
        return services;
    }
}
