using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>
/// A compute target in memory that keeps the contract of <see cref="IComputeTarget"/>: idempotent by generation,
/// statuses coalesced, watches that end with the service. Each generation settles as <see cref="Outcome"/> says.
/// </summary>
internal sealed class FakeComputeTarget : IComputeTarget
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _services = [];

    public string Name { get; init; } = "local";

    public string GatewayUrl { get; init; } = "http://gateway.test:8480";

    /// <summary>How a generation ends: null for healthy, an error for failed, and never while <see cref="Hold"/>.</summary>
    public Func<ScoringService, ErrorDocument?> Outcome { get; set; } = _ => null;

    /// <summary>While true, generations stay in transition until <see cref="Settle"/>.</summary>
    public bool Hold { get; set; }

    /// <summary>Held open by a test to keep a deletion draining.</summary>
    public TaskCompletionSource? Draining { get; set; }

    /// <summary>Thrown by the next call of <see cref="ApplyAsync"/>.</summary>
    public Exception? ApplyFails { get; set; }

    /// <summary>Held open by a test to keep <see cref="ApplyAsync"/> from beginning.</summary>
    public TaskCompletionSource? Applying { get; set; }

    public ConcurrentQueue<ScoringService> Applied { get; } = new();

    public List<ReplicaLogLine> Logs { get; } = [];

    public ScoringService? Find(string service)
    {
        lock (_lock)
        {
            return _services.GetValueOrDefault(service)?.Service;
        }
    }

    public async Task ApplyAsync(ScoringService service, CancellationToken cancellationToken)
    {
        if (Applying is { } applying)
        {
            await applying.Task.WaitAsync(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (ApplyFails is { } failure)
        {
            ApplyFails = null;
            throw failure;
        }

        Applied.Enqueue(service);
        lock (_lock)
        {
            if (_services.TryGetValue(service.Name, out var entry) && service.Generation <= entry.Service.Generation)
            {
                entry.Service = entry.Service with { Secret = service.Secret };
                return;
            }

            _services[service.Name] = new Entry(service, entry?.Status.ServingGeneration ?? 0, entry?.Changed ?? new());
            Publish_NeedsLock(service.Name);
        }

        if (!Hold)
        {
            Settle(service.Name);
        }
    }

    /// <summary>Ends the rollout of the newest generation.</summary>
    public void Settle(string service)
    {
        lock (_lock)
        {
            var entry = _services[service];
            var error = Outcome(entry.Service);
            var serving = error is null ? entry.Service.Generation : entry.Status.ServingGeneration;
            entry.Status = entry.Status with
            {
                ServingGeneration = serving,
                State = serving > 0 ? ServiceState.Healthy : ServiceState.Failed,
                Error = error,
                Activity = null,
                AvailableReplicas = serving > 0 ? 1 : 0,
                UpdatedReplicas = error is null ? 1 : 0,
            };
            Publish_NeedsLock(service);
        }
    }

    public async Task DeleteAsync(string service, CancellationToken cancellationToken)
    {
        if (Draining is { } draining)
        {
            await draining.Task.WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            if (_services.Remove(service, out var entry))
            {
                entry.Changed.TrySetResult(false);
            }
        }
    }

    public ScoringServiceStatus? FindStatus(string service)
    {
        lock (_lock)
        {
            return _services.GetValueOrDefault(service)?.Status;
        }
    }

    public async IAsyncEnumerable<ScoringServiceStatus> WatchAsync(
        string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            ScoringServiceStatus status;
            Task<bool> changed;
            lock (_lock)
            {
                if (!_services.TryGetValue(service, out var entry))
                {
                    yield break;
                }

                (status, changed) = (entry.Status, entry.Changed.Task);
            }

            yield return status;
            if (!await changed.WaitAsync(cancellationToken))
            {
                yield break;
            }
        }
    }

    public async IAsyncEnumerable<ReplicaLogLine> ReadLogsAsync(
        string service, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var line in Logs.Where(line => query.Replica is null || line.Replica == query.Replica).TakeLast(query.Lines))
        {
            await Task.Yield();
            yield return line;
        }

        if (query.Follow)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    private void Publish_NeedsLock(string service)
    {
        var entry = _services[service];
        var changed = entry.Changed;
        entry.Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult(true);
    }

    private sealed class Entry(ScoringService service, long serving, TaskCompletionSource<bool> changed)
    {
        public ScoringService Service { get; set; } = service;

        public ScoringServiceStatus Status { get; set; } = new()
        {
            Service = service.Name,
            ObservedGeneration = service.Generation,
            ServingGeneration = serving,
            State = ServiceState.Transitioning,
            Activity = "starting replicas",
            DesiredReplicas = service.Spec.InitialReplicas,
            AvailableReplicas = serving > 0 ? 1 : 0,
        };

        public TaskCompletionSource<bool> Changed { get; set; } = changed;
    }
}
