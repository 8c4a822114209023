using Fairlead.Workspace.Storage;
using Npgsql;

namespace Fairlead.Workspace.Sharing;

/// <summary>One at a time for each service, over all processes that share the workspace.</summary>
internal sealed class ServiceTurns(WorkspaceDatabases databases, WorkspaceRole role)
{
    /// <summary>The first half of the locks' keys; the other is made of the name, and two names with the same one only wait.</summary>
    internal const int Kind = 1_178_945_618;

    private readonly KeyedLock _here = new();

    public async Task<IAsyncDisposable> AcquireAsync(string service, CancellationToken cancellationToken)
    {
        var here = await _here.AcquireAsync(service, cancellationToken);
        if (!role.IsShared || databases.Source is null)
        {
            return new Held(here, null, 0);
        }

        NpgsqlConnection? connection = null;
        try
        {
            connection = await databases.Source.OpenConnectionAsync(cancellationToken);
            var key = KeyOf(service);
            await using (var notice = new NpgsqlCommand(Membership.NoticeDeath, connection))
            {
                await notice.ExecuteNonQueryAsync(cancellationToken);
            }

            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1, $2)", connection)
            {
                Parameters = { new() { Value = Kind }, new() { Value = key } },
                CommandTimeout = 0,
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new Held(here, connection, key);
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

    // FNV-1a: the same in every process, as the framework's is not.
    private static int KeyOf(string service) =>
        unchecked((int)service.Aggregate(2_166_136_261u, (hash, character) => (hash ^ character) * 16_777_619u));

    private sealed class Held(IDisposable here, NpgsqlConnection? connection, int key) : IAsyncDisposable
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
                        await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1, $2)", connection)
                        {
                            Parameters = { new() { Value = Kind }, new() { Value = key } },
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
