using Fairlead.Contracts.Routing;

namespace Fairlead.Host.GatewayRole;

/// <summary>Services of a file: see <see cref="FileDirectory"/>.</summary>
internal sealed class FileRoutes(string path) : IRouteSource
{
    public string Name => "--routes " + path;

    public void Register(IServiceCollection services)
    {
        services.AddSingleton(provider => new FileDirectory(
            path, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FileDirectory>>()));
        services.AddSingleton<IServiceDirectory>(provider => provider.GetRequiredService<FileDirectory>());
        services.AddSingleton<IReplicaScaler>(provider => provider.GetRequiredService<FileDirectory>());
        services.AddHostedService(provider => provider.GetRequiredService<FileDirectory>());
    }

    public Task LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<FileDirectory>().Load();
        return Task.CompletedTask;
    }
}
