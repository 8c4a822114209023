using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Contracts.Storage;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Installing;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Watching;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Targets;

/// <summary>Runs services in an attached cluster: writes <see cref="ScoringServiceResource"/> and Secrets, and reads what comes
/// of them from watches.</summary>
internal sealed partial class ClusterTarget : IComputeTarget, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Longest wait for the first lists; without them nothing is known to be there or not.</summary>
    private static readonly TimeSpan FillLimit = TimeSpan.FromSeconds(30);

    private readonly ClusterClient _client;
    private readonly ClusterAttachment _attachment;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterTarget> _logger;
    private readonly ServiceResources _resources;
    private readonly ServiceSecrets _secrets;
    private readonly PodLogFiles _logs;
    private readonly PodLogCollector _collector;
    private readonly ObjectStore<ScoringServiceResource> _services = new();
    private readonly ObjectStore<V1Pod> _pods = new();
    private readonly ObjectStore<V1Service> _gateways = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;

    // What was written last, until the watch shows it.
    private readonly ConcurrentDictionary<string, ScoringServiceResource> _written = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _gatewayUrl;

    public ClusterTarget(
        ClusterClient client, ClusterAttachment attachment, ClusterFacts facts, IBlobSource blobs, IBlobLinks links, string logFolder,
        TimeProvider time, ILoggerFactory logs)
    {
        (_client, _attachment, _time, _logger) = (client, attachment, time, logs.CreateLogger<ClusterTarget>());
        _gatewayUrl = facts.GatewayUrl;
        _resources = new ServiceResources(attachment, blobs);
        _secrets = new ServiceSecrets(client, attachment.Namespace, links);
        _logs = new PodLogFiles(logFolder, time);
        _collector = new PodLogCollector(client, _logs, logs.CreateLogger<PodLogCollector>());
        _services.Changed += _ => Tell();
        _pods.Changed += pod =>
        {
            _collector.Observe(pod, _stopping.Token);
            Tell();
        };
        _gateways.Changed += service => TakeGateway(service);
        _work = Task.WhenAll(
            Watch(ApiKinds.ScoringServices, new ListQuery(attachment.Namespace), _services),
            Watch(ApiKinds.Pods, new ListQuery(attachment.Namespace, Names.ServiceLabel), _pods),
            Watch(ApiKinds.Services, new ListQuery(Names.SystemNamespace), _gateways),
            RenewAsync(links.Lifetime / 3));

        Task Watch<T>(ApiKind<T> kind, ListQuery query, ObjectStore<T> store)
            where T : class, IKubernetesObject<V1ObjectMeta> =>
            Task.Run(() => new Reflector<T>(client, kind, query, store, time, logs.CreateLogger<Reflector<T>>()).RunAsync(_stopping.Token));
    }

    public string Name => _attachment.Name;

    public string GatewayUrl => _gatewayUrl;

    public async Task ApplyAsync(ScoringService service, CancellationToken cancellationToken)
    {
        ServiceNames.Validate(service.Name);
        await WithAsync(async () =>
        {
            var existing = await _client.FindAsync(ApiKinds.ScoringServices, _attachment.Namespace, service.Name, cancellationToken);
            if (existing is { Metadata.DeletionTimestamp: not null })
            {
                await UntilGoneAsync(service.Name, cancellationToken);
                existing = null;
            }

            if (existing is not null && !IsOurs(existing))
            {
                throw new FairleadException(
                    ErrorCodes.ServiceAlreadyExists, 409,
                    $"There is a ScoringService '{service.Name}' in namespace '{_attachment.Namespace}' that this workspace has not made. "
                    + "Choose another name, or remove it (kubectl delete fls).");
            }

            // All that can be wrong is found before anything is written.
            var wanted = await _resources.BuildAsync(service, existing, cancellationToken);
            await _secrets.ApplyAsync(service, existing, cancellationToken);
            if (existing is null || StatusMapping.GenerationOf(existing) < service.Generation)
            {
                var made = await _client.ApplyAsync(ApiKinds.ScoringServices, wanted, cancellationToken);
                _written[service.Name] = made;
                if (existing is null)
                {
                    await _secrets.ApplyAsync(service, made, cancellationToken);
                }

                Tell();
            }
        });
    }

    public Task DeleteAsync(string service, CancellationToken cancellationToken) => WithAsync(async () =>
    {
        var existing = await _client.FindAsync(ApiKinds.ScoringServices, _attachment.Namespace, service, cancellationToken);
        if (existing is not null && IsOurs(existing))
        {
            await _client.DeleteAsync(ApiKinds.ScoringServices, _attachment.Namespace, service, cancellationToken);
            await UntilGoneAsync(service, cancellationToken);
        }

        await _secrets.DeleteAsync(service, cancellationToken);
        _written.TryRemove(service, out _);
        Tell();
    });

    public ScoringServiceStatus? FindStatus(string service)
    {
        var seen = _services.Find(new ObjectKey(_attachment.Namespace, service));
        if (_written.TryGetValue(service, out var written))
        {
            if (seen is not null && StatusMapping.GenerationOf(seen) >= StatusMapping.GenerationOf(written))
            {
                _written.TryRemove(KeyValuePair.Create(service, written));
            }
            else
            {
                seen = written;
            }
        }

        return seen is null || !IsOurs(seen) ? null : StatusMapping.Of(seen, [.. _pods.All
            .Where(pod => pod.Metadata.Labels?.TryGetValue(Names.ServiceLabel, out var name) == true && name == service)
            .OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal)]);
    }

    public async IAsyncEnumerable<ScoringServiceStatus> WatchAsync(
        string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ScoringServiceStatus? last = null;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            if (FindStatus(service) is not { } status)
            {
                yield break;
            }

            if (last is null || !IsSame(last, status))
            {
                yield return last = status;
            }
            else
            {
                await changed.WaitAsync(cancellationToken);
            }
        }
    }

    public IAsyncEnumerable<ReplicaLogLine> ReadLogsAsync(string service, LogQuery query, CancellationToken cancellationToken)
    {
        // The name becomes a folder's.
        ServiceNames.Validate(service);
        return _logs.ReadAsync(service, query, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _collector.Drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        _stopping.Dispose();
    }

    private bool IsOurs(ScoringServiceResource service) =>
        service.Metadata.Annotations is { } annotations
        && annotations.TryGetValue(Names.AttachmentAnnotation, out var id) && id == _attachment.Id;

    private static bool IsSame(ScoringServiceStatus left, ScoringServiceStatus right) =>
        left.Replicas.SequenceEqual(right.Replicas) && KubernetesJson.Serialize(left) == KubernetesJson.Serialize(right);

    private void Tell()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    // A node's address does not change with the Service; what the facts say holds for those.
    private void TakeGateway(V1Service service)
    {
        if (Installation.IsGateway(service) && service.Spec.Type != "NodePort" && GatewayAddress.Of(service, [], _attachment.Tls) is { } url)
        {
            _gatewayUrl = url;
        }
    }

    private async Task UntilGoneAsync(string service, CancellationToken cancellationToken)
    {
        while (await _client.FindAsync(ApiKinds.ScoringServices, _attachment.Namespace, service, cancellationToken) is not null
            || (await _client.ListAsync(ApiKinds.Pods, new ListQuery(_attachment.Namespace, Names.Selector(service)), cancellationToken)).Items.Count > 0
            || _services.Find(new ObjectKey(_attachment.Namespace, service)) is not null)
        {
            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    // Pods that start later read these; they must never find a right that has ended.
    private async Task RenewAsync(TimeSpan period)
    {
        using var timer = new PeriodicTimer(period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var service in _services.All.Where(IsOurs))
                {
                    try
                    {
                        await _secrets.RenewAsync(service, _stopping.Token);
                    }
                    catch (Exception exception) when (exception is ClusterException or HttpRequestException)
                    {
                        LogNotRenewed(service.Metadata.Name, exception.Message);
                    }
                }

                _logs.Sweep();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task WithAsync(Func<Task> work)
    {
        try
        {
            await Task.WhenAll(_services.Filled, _pods.Filled).WaitAsync(FillLimit, _time);
            await work();
        }
        catch (TimeoutException exception)
        {
            throw Unreachable("it does not answer", exception);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception.InnerException?.Message ?? exception.Message, exception);
        }
        catch (ClusterException exception)
        {
            throw new FairleadException(
                ErrorCodes.DeploymentFailed, 400, $"The cluster of compute target '{Name}' refused a step: {exception.Message}", exception);
        }
    }

    private FairleadException Unreachable(string why, Exception exception) => new(
        ErrorCodes.ClusterUnreachable, 502,
        $"The API server of compute target '{Name}' is not reached: {why}. See: fairlead computetarget check {Name}", exception);

    [LoggerMessage(LogLevel.Warning, "The right of {Service}'s pods to read their files could not be renewed: {Reason}")]
    private partial void LogNotRenewed(string service, string reason);
}
