namespace Fairlead.Host.GatewayRole;

/// <summary>Where a gateway alone learns its services: a file, or a cluster.</summary>
internal interface IRouteSource
{
    /// <summary>As it is called in messages.</summary>
    string Name { get; }

    /// <summary>What the options of the gateway depend on; comes first.</summary>
    Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Registers the directory and the scaler that the gateway asks for, and what keeps them up to date.</summary>
    void Register(IServiceCollection services);

    /// <summary>Ends when the services are known; the gateway opens its port after that.</summary>
    Task LoadAsync(IServiceProvider services, CancellationToken cancellationToken);
}
