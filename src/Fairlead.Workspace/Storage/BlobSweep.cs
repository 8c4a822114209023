using Fairlead.Workspace.Sharing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Storage;

/// <summary>Drops what broken uploads have left and nobody went on with.</summary>
internal sealed partial class BlobSweep(
    IBlobStore blobs, Membership membership, IOptions<WorkspaceOptions> options, TimeProvider time, ILogger<BlobSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    // Armed by the constructor, since ExecuteAsync starts on another thread after StartAsync has returned.
    private readonly PeriodicTimer _timer = new(Period, time);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (!membership.IsLeader)
        {
            return;
        }

        try
        {
            var dropped = await blobs.DropAbandonedAsync(time.GetUtcNow() - options.Value.Blobs.AbandonedAfter, cancellationToken);
            if (dropped > 0)
            {
                LogDropped(dropped);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception);
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await _timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(LogLevel.Information, "Dropped {Count} uploads that were broken off and not gone on with")]
    private partial void LogDropped(int count);

    [LoggerMessage(LogLevel.Warning, "Broken uploads could not be swept; trying again later")]
    private partial void LogFailed(Exception exception);
}
