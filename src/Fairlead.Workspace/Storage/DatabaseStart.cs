using System.Globalization;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Fairlead.Workspace.Storage;

/// <summary>Brings the database to the form that this version of the workspace needs.</summary>
internal sealed partial class DatabaseStart(
    WorkspaceDatabases databases,
    IDataProtectionProvider protection,
    IOptions<WorkspaceOptions> options,
    TimeProvider time,
    ILogger<DatabaseStart> logger)
{
    private const int OldestMajor = 13;

    // Of the session, so that a process that dies gives it back.
    private const string Lock = "SELECT pg_advisory_lock(5063847102938475611)";
    private const string Unlock = "SELECT pg_advisory_unlock(5063847102938475611)";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="FairleadException"><c>DatabaseUnavailable</c>, with what to do.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var source = databases.Source;
        if (source is null)
        {
            await using var sqlite = databases.CreateDbContext();
            await MigrateAsync(sqlite, cancellationToken);
            await sqlite.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
            return;
        }

        try
        {
            // Several workspaces may start at once: one migrates, the others wait and then find nothing left to do.
            await using var turn = await ConnectAsync(source, cancellationToken);
            CheckVersion(turn);
            await ExecuteAsync(turn, Lock, cancellationToken);
            try
            {
                await using var db = databases.CreateDbContext();
                await MigrateAsync(db, cancellationToken);

                // Makes the first key: two workspaces that start at once would else have one each.
                protection.CreateProtector(nameof(DatabaseStart)).Protect([]);
            }
            finally
            {
                await ExecuteAsync(turn, Unlock, CancellationToken.None);
            }
        }
        catch (Exception exception) when (DatabaseErrors.Describe(exception) is { } described)
        {
            throw described;
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await source.OpenConnectionAsync(cancellationToken);
            }
            catch (NpgsqlException exception)
                when (DatabaseErrors.MayPass(exception) && time.GetElapsedTime(started) < options.Value.Database.StartTimeout)
            {
                LogWaiting(exception.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static void CheckVersion(NpgsqlConnection connection)
    {
        if (connection.PostgreSqlVersion.Major < OldestMajor)
        {
            throw DatabaseErrors.Unavailable(string.Create(
                CultureInfo.InvariantCulture,
                $"it is PostgreSQL {connection.PostgreSqlVersion}, but {OldestMajor} is the oldest that Fairlead works with."));
        }
    }

    private static async Task MigrateAsync(WorkspaceDb db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations().ToHashSet();
        var newer = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Where(name => !known.Contains(name)).ToList();
        if (newer.Count > 0)
        {
            throw DatabaseErrors.Unavailable(
                $"a newer version of Fairlead has changed it ({newer[^1]}). Run that version, or restore the backup from before.");
        }

        await db.Database.MigrateAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);
}
