using System.Collections.Concurrent;
using System.Text;
using Fairlead.Kubernetes.Cluster;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Targets;

/// <summary>Follows the logs of every container of every pod of ours, that of the container before a restart included.</summary>
internal sealed partial class PodLogCollector(ClusterClient client, PodLogFiles files, ILogger<PodLogCollector> logger)
{
    private readonly ConcurrentDictionary<string, Task> _followed = new(StringComparer.Ordinal);

    /// <summary>Begins to follow what has started since it was last asked; once for each start of a container.</summary>
    public void Observe(V1Pod pod, CancellationToken cancellationToken)
    {
        if (pod.Metadata.Labels?.TryGetValue(Names.ServiceLabel, out var service) != true)
        {
            return;
        }

        foreach (var status in (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []))
        {
            if (status.Name is not (Names.PrepareContainer or Names.ScoringContainer))
            {
                continue;
            }

            var hasStarted = status.State?.Running is not null || status.State?.Terminated is not null;
            if (status.RestartCount > 0 && status.LastState?.Terminated is not null)
            {
                Follow(service!, pod, status, status.RestartCount - 1, previous: true, cancellationToken);
            }

            if (hasStarted)
            {
                Follow(service!, pod, status, status.RestartCount, previous: false, cancellationToken);
            }
        }
    }

    /// <summary>Ends when everything that is followed has ended.</summary>
    public Task Drained => Task.WhenAll(_followed.Values);

    private void Follow(string service, V1Pod pod, V1ContainerStatus status, int start, bool previous, CancellationToken cancellationToken)
    {
        var key = FormattableString.Invariant($"{pod.Metadata.Uid}/{status.Name}/{start}");
        if (_followed.ContainsKey(key))
        {
            return;
        }

        // After the one before it: one writer a file, and times in their order.
        var before = _followed.GetValueOrDefault(FormattableString.Invariant($"{pod.Metadata.Uid}/{status.Name}/{start - 1}")) ?? Task.CompletedTask;
        _followed.TryAdd(key, ReadAfterAsync(before, service, pod, status.Name, previous, cancellationToken));
    }

    private async Task ReadAfterAsync(
        Task before, string service, V1Pod pod, string container, bool previous, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            var last = files.LastTime(service, pod.Metadata.Name, container);
            var path = $"api/v1/namespaces/{pod.Metadata.NamespaceProperty}/pods/{pod.Metadata.Name}/log?container={container}&timestamps=true"
                + (previous ? "&previous=true" : "&follow=true")
                + (last is null ? "" : "&sinceTime=" + Uri.EscapeDataString(last));
            using var response = await client.OpenAsync(path, cancellationToken);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                var space = line.IndexOf(' ');
                if (space > 0 && (last is null || string.CompareOrdinal(line[..space], last) > 0))
                {
                    files.Append(service, new PodLogLine(pod.Metadata.Name, container, line[..space], line[(space + 1)..]));
                }
            }
        }
        catch (Exception exception) when (exception is ClusterException or HttpRequestException or IOException)
        {
            LogLost(pod.Metadata.Name, container, exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server ends; the next one goes on from the last line.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The log of {Pod}/{Container} could not be read on: {Reason}")]
    private partial void LogLost(string pod, string container, string reason);
}
