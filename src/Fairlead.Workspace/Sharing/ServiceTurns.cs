using Fairlead.Workspace.Storage;
using Npgsql;

namespace Fairlead.Workspace.Sharing;

/// <summary>One at a time for each service, over all processes that share the workspace.</summary>
internal sealed class ServiceTurns(WorkspaceDatabases databases, WorkspaceRole role)
{
    /// <summary>The first half of the locks' keys; the other is the database's hash of the name, and two names with the same one only
    /// wait.</summary>
    internal const int Kind = 1_178_945_618;

    private readonly KeyedLock _here = new();

    public async Task<IAsyncDisposable> AcquireAsync(string service, CancellationToken cancellationToken)
    {
        var here = await _here.AcquireAsync(service, cancellationToken);
        if (!role.IsShared || databases.Source is null)
        {
            return new Held(here, null, service);
        }

        NpgsqlConnection? connection = null;
        try
        {
            connection = await databases.Source.OpenConnectionAsync(cancellationToken);
            await using (var notice = new NpgsqlCommand(Membership.NoticeDeath, connection))
            {
                await notice.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1, hashtext($2))", connection)
            {
                Parameters = { new() { Value = Kind }, new() { Value = service } },
                CommandTimeout = 0,
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new Held(here, connection, service);
        }
        catch
        {
            if (connection is not null)
            {
                // Closed, not returned to the pool: it may have the lock by now.
                NpgsqlConnection.ClearPool(connection);
                await connection.DisposeAsync();
            }

            here.Dispose();
            throw;
        }
    }

    private sealed class Held(IDisposable here, NpgsqlConnection? connection, string service) : IAsyncDisposable
    {
        private int _released;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _released, 1) != 0)
            {
                return;
            }

            try
            {
                if (connection is not null)
                {
                    await using (connection)
                    {
                        await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1, hashtext($2))", connection)
                        {
                            Parameters = { new() { Value = Kind }, new() { Value = service } },
                        };
                        await command.ExecuteNonQueryAsync(CancellationToken.None);
                    }
                }
            }
            catch (NpgsqlException)
            {
                // With its connection the lock is gone.
            }
            finally
            {
                here.Dispose();
            }
        }
    }
}
