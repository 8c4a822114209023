using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Workspace.Tokens;

/// <summary>Renews the keys of tokens, and brings each change to the services' compute targets until it is there.</summary>
internal sealed partial class TokenKeyRotation(
    IDbContextFactory<WorkspaceDb> databases, TokenKeys keys, ServiceApplier applier, Membership membership, TimeProvider time, ILogger<TokenKeyRotation> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // Armed by the constructor, since ExecuteAsync starts on another thread after StartAsync has returned.
    private readonly PeriodicTimer _timer = new(Period, time);
    private readonly HashSet<string> _behind = new(StringComparer.Ordinal);

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        if (await keys.MaintainAsync(cancellationToken))
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var services = await db.Services.AsNoTracking().ToListAsync(cancellationToken);
            _behind.UnionWith(services.Where(service => service.Spec().TokenAuthEnabled).Select(service => service.Name));
        }

        foreach (var service in _behind.ToList())
        {
            try
            {
                await applier.ApplyAsync(service, cancellationToken);
                _behind.Remove(service);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogBehind(exception, service);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (membership.IsLeader)
                {
                    await TickAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The new keys of tokens could not be brought to the compute target of {Service}; trying again")]
    private partial void LogBehind(Exception exception, string service);

    [LoggerMessage(LogLevel.Error, "The keys of tokens could not be looked after; trying again")]
    private partial void LogFailed(Exception exception);
}
