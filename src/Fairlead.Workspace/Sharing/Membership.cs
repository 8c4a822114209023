using System.Threading.Channels;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Fairlead.Workspace.Sharing;

/// <summary>
/// This process among those that use the same PostgreSQL database: it keeps out who must not share it, is the leader or
/// not, and tells the others and hears from them that something has changed. All by one connection, with which it ends,
/// however the process ends. With SQLite there are no others.
/// </summary>
internal sealed partial class Membership(
    WorkspaceDatabases databases, WorkspaceRole role, IOptions<WorkspaceOptions> options, TimeProvider time, ILogger<Membership> logger)
    : BackgroundService
{
    public const string Channel = "fairlead_workspace";

    // Locks of the session: who has it alone, or together; and who leads.
    private const string Alone = "SELECT pg_advisory_lock(5063847102938475612)";
    private const string Together = "SELECT pg_advisory_lock_shared(5063847102938475612)";
    private const string Lead = "SELECT pg_try_advisory_lock(5063847102938475613)";

    /// <summary>Of a connection with a lock: a machine that is gone without a word must not hold it for hours.</summary>
    public const string NoticeDeath =
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _tellings = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private NpgsqlConnection? _connection;
    private volatile bool _isLeader = databases.Source is null;

    /// <summary>Whether what one does for all is this process's work. Two may be for a moment, so all of it may be done twice.</summary>
    public bool IsLeader => _isLeader;

    /// <summary>Another process has changed something, or may have while it could not be heard.</summary>
    public event Action? Changed;

    /// <summary>This process leads from now on.</summary>
    public event Action? Led;

    /// <summary>Tells the others, soon.</summary>
    public void Tell()
    {
        if (role.IsShared)
        {
            _tellings.Writer.TryWrite(true);
        }
    }

    /// <summary>Enters before anything is served.</summary>
    /// <exception cref="FairleadException"><c>DatabaseUnavailable</c>: somebody has it who does not share.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (databases.Source is null)
        {
            return;
        }

        if (!await TryEnterAsync(cancellationToken))
        {
            throw DatabaseErrors.Unavailable(role.IsShared
                ? "'fairleadd up' uses it, which shares it with nobody. Stop that, or name another database."
                : "other servers use it, and 'fairleadd up' shares it with nobody. Stop them, or run 'fairleadd workspace'.");
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await LeaveAsync();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => databases.Source is null
        ? Task.CompletedTask
        : Task.WhenAll(ListenAsync(stoppingToken), TellAsync(databases.Source, stoppingToken));

    private async Task<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        var connection = await databases.Source!.OpenConnectionAsync(cancellationToken);
        try
        {
            // One that was killed may be noticed only in a while; a limit of 0 would mean none.
            var limit = Math.Max(1, (long)options.Value.Database.StartTimeout.TotalMilliseconds);
            await ExecuteAsync(connection, FormattableString.Invariant($"{NoticeDeath}; SET lock_timeout = {limit}"), cancellationToken);
            await ExecuteAsync(connection, role.IsShared ? Together : Alone, cancellationToken);

            await ExecuteAsync(connection, "LISTEN " + Channel, cancellationToken);
            connection.Notification += (_, _) => Changed?.Invoke();
            _connection = connection;
            _isLeader = await TakeAsync(connection, Lead, cancellationToken);
            if (_isLeader && role.IsShared)
            {
                LogLeads();
            }

            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
        finally
        {
            if (_connection != connection)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (_connection is null)
                {
                    if (!await TryEnterAsync(stoppingToken))
                    {
                        LogShutOut();
                        await Task.Delay(Pause, time, stoppingToken);
                        continue;
                    }

                    Changed?.Invoke();
                    if (_isLeader)
                    {
                        Led?.Invoke();
                    }
                }

                await _connection!.WaitAsync(Pause, stoppingToken);
                if (!_isLeader && await TakeAsync(_connection, Lead, stoppingToken))
                {
                    _isLeader = true;
                    LogLeads();
                    Led?.Invoke();
                }
                else
                {
                    // Nothing else would show that the connection is gone.
                    await ExecuteAsync(_connection, "SELECT 1", stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
            {
                LogLost(exception.Message);
                await LeaveAsync();
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TellAsync(NpgsqlDataSource source, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _tellings.Reader.ReadAllAsync(stoppingToken))
            {
                try
                {
                    await using var command = source.CreateCommand("NOTIFY " + Channel);
                    await command.ExecuteNonQueryAsync(stoppingToken);
                }
                catch (NpgsqlException exception)
                {
                    // The others look by themselves after a while.
                    LogNotTold(exception.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LeaveAsync()
    {
        _isLeader = false;
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            // Closed, not returned to the pool: its locks go with it.
            NpgsqlConnection.ClearPool(connection);
            await connection.DisposeAsync();
        }
    }

    private static async Task<bool> TakeAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "This workspace leads: it does what one does for all")]
    private partial void LogLeads();

    [LoggerMessage(LogLevel.Warning, "The connection to the other workspaces is lost ({Reason}); connecting again")]
    private partial void LogLost(string reason);

    [LoggerMessage(LogLevel.Error, "Another server has taken the database for itself; this one does nothing in the background until that ends")]
    private partial void LogShutOut();

    [LoggerMessage(LogLevel.Warning, "The other workspaces could not be told of a change ({Reason}); they see it soon")]
    private partial void LogNotTold(string reason);
}
