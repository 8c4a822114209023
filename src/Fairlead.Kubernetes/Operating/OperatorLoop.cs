using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Queueing;
using Fairlead.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Operating;

/// <summary>From watches through the queue to reconciling, on a few workers.</summary>
internal sealed partial class OperatorLoop(
    ClusterView view, WorkQueue queue, ServiceReconciler reconciler, int workers, TimeSpan resync, ILogger<OperatorLoop> logger)
{
    /// <summary>Works until cancelled. The view must be watching.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await view.Filled.WaitAsync(cancellationToken);
        view.Changed += queue.Add;
        try
        {
            foreach (var service in view.Services.All)
            {
                queue.Add(ObjectKey.Of(service.Metadata));
            }

            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(cancellationToken)));
        }
        finally
        {
            view.Changed -= queue.Add;
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            ObjectKey key;
            try
            {
                key = await queue.TakeAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                var askAgain = await reconciler.ReconcileAsync(key, cancellationToken);
                queue.Forget(key);
                if (view.Services.Find(key) is not null)
                {
                    queue.AddAfter(key, askAgain ?? resync);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is ClusterException or HttpRequestException or NotYetException)
            {
                LogAgain(key, exception.Message);
                queue.AddAfterFailure(key);
            }
#pragma warning disable CA1031 // One service's defect must not stop the others.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogDefect(key, exception);
                queue.AddAfterFailure(key);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Service {Service} will be tried again: {Reason}")]
    private partial void LogAgain(ObjectKey service, string reason);

    [LoggerMessage(LogLevel.Error, "Unexpected failure with service {Service}; it will be tried again")]
    private partial void LogDefect(ObjectKey service, Exception exception);
}
