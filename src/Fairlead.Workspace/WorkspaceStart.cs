using Fairlead.Workspace.Auth;
using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tokens;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Workspace;

/// <summary>What has to be there before the first request: hosted services start before the listener.</summary>
internal sealed class WorkspaceStart(AdminToken token, DatabaseStart database, Membership membership, IBlobStore blobs, TokenKeys keys) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Made by its constructor, which would else run with the first request.
        ArgumentNullException.ThrowIfNull(token);

        await database.RunAsync(cancellationToken);
        await membership.EnterAsync(cancellationToken);
        await blobs.CheckAsync(cancellationToken);
        await keys.MaintainAsync(cancellationToken);
    }

    /// <summary>Last of all, as it started first: pooled connections would hold the database open.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        SqliteConnection.ClearAllPools();
        return Task.CompletedTask;
    }
}
