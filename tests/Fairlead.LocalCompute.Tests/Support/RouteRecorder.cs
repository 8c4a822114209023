using Fairlead.Contracts.Routing;

namespace Fairlead.LocalCompute.Tests.Support;

/// <summary>Remembers every route published, in order; null is a removal.</summary>
internal sealed class RouteRecorder : IServiceDirectoryObserver
{
    private readonly Lock _gate = new();
    private readonly List<(string Service, ServiceRoute? Route)> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<(string Service, ServiceRoute? Route)> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Run inside each notification: what it sees is what a gateway sees at that moment.</summary>
    public Action<ServiceRoute?>? Inside { get; set; }

    public void OnChanged(ServiceRoute route) => Add(route.Service, route);

    public void OnRemoved(string service) => Add(service, null);

    public async Task<ServiceRoute> WaitAsync(string service, Func<ServiceRoute, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_events.LastOrDefault(entry => entry.Service == service).Route is { } route && condition(route))
                {
                    return route;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(limit.Token);
        }
    }

    private void Add(string service, ServiceRoute? route)
    {
        Inside?.Invoke(route);
        TaskCompletionSource changed;
        lock (_gate)
        {
            _events.Add((service, route));
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
