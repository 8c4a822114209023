using System.Net;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Operating;
using Fairlead.Kubernetes.Watching;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Routing;

/// <summary>The gateways of a namespace, by a watch of their pods. While the API server is away the last known ones count.</summary>
/// <remarks>A pod counts from the success of its startup probe until its container has ended: in between it may hold leases.</remarks>
public sealed class GatewayPods
{
    private readonly ObjectStore<V1Pod> _pods = new();
    private readonly Reflector<V1Pod> _reflector;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GatewayPods(ClusterClient client, string ns, TimeProvider time, ILoggerFactory logs)
    {
        _pods.Changed += _ => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        _reflector = new Reflector<V1Pod>(
            client, ApiKinds.Pods, new ListQuery(ns, $"{Names.RoleLabel}={Names.GatewayRole}"), _pods, time, logs.CreateLogger<Reflector<V1Pod>>());
    }

    /// <summary>Ends when the pods have been listed once.</summary>
    public Task Filled => _pods.Filled;

    /// <summary>Ends with the next change of any of them.</summary>
    public Task NextChange => _changed.Task;

    /// <summary>The addresses of those that run.</summary>
    public IReadOnlyCollection<IPAddress> Addresses => [.. _pods.All.Where(Runs).Select(pod => IPAddress.Parse(pod.Status.PodIP))];

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _reflector.RunAsync(cancellationToken);

    private static bool Runs(V1Pod pod) => pod.Status?.PodIP is { Length: > 0 } && !PodFacts.HasEnded(pod)
        && (pod.Status.ContainerStatuses ?? []).Any(status => status is { State.Running: not null, Started: not false });
}
