using System.Net;
using System.Text.Json;
using Fairlead.Kubernetes.Cluster;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Leading;

/// <summary>Lets one of several processes work: the holder of a Lease. It gives the Lease back when it ends, so that another
/// takes over at once.</summary>
internal sealed partial class LeaderElection(
    ClusterClient client, string ns, string name, string identity, TimeProvider time, ILogger<LeaderElection> logger)
{
    private V1Lease? _seen;
    private long _seenAt;

    /// <summary>Whether this process leads now.</summary>
    public bool IsLeading { get; private set; }

    /// <summary>Runs <paramref name="work"/> whenever this process leads, and cancels it when it no longer does.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await TryHoldAsync(cancellationToken))
            {
                await LeadAsync(work, cancellationToken);
            }

            await PauseAsync(cancellationToken);
        }
    }

    private async Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        LogLeading(identity);
        IsLeading = true;
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var working = work(leading.Token);
        try
        {
            var renewed = time.GetTimestamp();
            while (!cancellationToken.IsCancellationRequested && time.GetElapsedTime(renewed) < LeaseRules.RenewDeadline && !working.IsCompleted)
            {
                await PauseAsync(cancellationToken);
                var asked = time.GetTimestamp();
                if (await TryHoldAsync(cancellationToken))
                {
                    renewed = asked;
                }
                else if (_seen?.Spec?.HolderIdentity != identity)
                {
                    break; // Another holds it.
                }
            }
        }
        finally
        {
            IsLeading = false;
            await leading.CancelAsync();
            await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await GiveBackAsync();
            LogStopped(identity);
        }

        await working;
    }

    private async Task<bool> TryHoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            Look(await client.FindAsync(ApiKinds.Leases, ns, name, cancellationToken));
            if (!LeaseRules.MayTake(_seen, identity, time.GetElapsedTime(_seenAt)))
            {
                return false;
            }

            var held = LeaseRules.Held(_seen, ns, name, identity, time.GetUtcNow());
            Look(_seen is null
                ? await client.CreateAsync(ApiKinds.Leases, held, cancellationToken)
                : await client.ReplaceAsync(ApiKinds.Leases, held, cancellationToken));
            return true;
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.Conflict)
        {
            return false; // Another was quicker.
        }
        catch (Exception exception) when (exception is ClusterException or HttpRequestException or IOException or JsonException)
        {
            LogAway(ns, name, exception.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Look(V1Lease? lease)
    {
        if (_seen is null || lease is null || lease.Metadata.ResourceVersion != _seen.Metadata.ResourceVersion)
        {
            _seenAt = time.GetTimestamp();
        }

        _seen = lease;
    }

    private async Task GiveBackAsync()
    {
        if (_seen?.Spec?.HolderIdentity != identity)
        {
            return;
        }

        try
        {
            _seen.Spec.HolderIdentity = "";
            Look(await client.ReplaceAsync(ApiKinds.Leases, _seen, CancellationToken.None));
        }
        catch (Exception exception) when (exception is ClusterException or HttpRequestException or IOException)
        {
            LogAway(ns, name, exception.Message);
        }
    }

    private Task PauseAsync(CancellationToken cancellationToken) => SuppressedAsync(Task.Delay(LeaseRules.Period, time, cancellationToken));

    private static async Task SuppressedAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(LogLevel.Information, "{Identity} leads")]
    private partial void LogLeading(string identity);

    [LoggerMessage(LogLevel.Information, "{Identity} no longer leads")]
    private partial void LogStopped(string identity);

    [LoggerMessage(LogLevel.Warning, "Lease {Namespace}/{Name}: {Reason}")]
    private partial void LogAway(string @namespace, string name, string reason);
}
