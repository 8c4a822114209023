using Fairlead.Contracts.Routing;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Gateway.Routing;

/// <summary>Subscribes the route table for as long as the gateway runs. Started before the ports open.</summary>
internal sealed class DirectoryWatch(IServiceDirectory directory, RouteTable routes) : IHostedService
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = directory.Subscribe(routes);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }
}
