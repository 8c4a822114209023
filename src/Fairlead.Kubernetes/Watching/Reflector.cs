using System.Net;
using System.Text.Json;
using Fairlead.Kubernetes.Cluster;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Watching;

/// <summary>Keeps an <see cref="ObjectStore{T}"/> as the API server has it: list, then watch from there, resumed from the last
/// version seen (bookmarks keep it fresh), listed anew when the server has forgotten that version. While the server is away
/// the store keeps its last good state.</summary>
public sealed partial class Reflector<T>(
    ClusterClient client, ApiKind<T> kind, ListQuery query, ObjectStore<T> store, TimeProvider time, ILogger logger)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestWatch = TimeSpan.FromMinutes(5);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? version = null;
        var pause = ShortestPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(cancellationToken);
                await foreach (var change in client.WatchAsync(kind, query, version, WatchLimit(), cancellationToken))
                {
                    version = change.Value.Metadata.ResourceVersion;
                    pause = ShortestPause;
                    Take(change);
                }
            }
            catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.Gone)
            {
                LogForgotten(kind.Plural);
                version = null;
            }
            catch (Exception exception) when (exception is ClusterException or HttpRequestException or IOException or JsonException)
            {
                LogAway(kind.Plural, exception.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var list = await client.ListAsync(kind, query, cancellationToken);
        store.Replace(list.Items);
        return list.Metadata.ResourceVersion;
    }

    private void Take(WatchEvent<T> change)
    {
        switch (change.Kind)
        {
            case WatchEventKind.Added or WatchEventKind.Modified:
                store.Put(change.Value);
                break;
            case WatchEventKind.Deleted:
                store.Remove(change.Value);
                break;
            case WatchEventKind.Bookmark:
                break;
        }
    }

    // Spread, so that not all watches of all processes are renewed at once.
    private static TimeSpan WatchLimit() => ShortestWatch * (1 + Random.Shared.NextDouble());

    [LoggerMessage(LogLevel.Information, "The API server no longer knows the version of our {Kind}: listing them anew")]
    private partial void LogForgotten(string kind);

    [LoggerMessage(LogLevel.Warning, "Cannot watch {Kind}: {Reason} Trying again in {Seconds} s; the last known state is used meanwhile")]
    private partial void LogAway(string kind, string reason, double seconds);
}
