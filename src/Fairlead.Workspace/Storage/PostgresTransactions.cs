using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Fairlead.Workspace.Storage;

/// <summary>
/// One writer at a time, as with SQLite: each transaction begins by taking one lock, so that what it has read does not
/// change until it commits. Readers outside of transactions wait for nobody. Writes of a workspace are few and short.
/// </summary>
internal sealed class PostgresTransactions : DbTransactionInterceptor
{
    // A writer whose process hangs loses its connection; those who wait are told.
    private const string TakeTurn =
        "SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL lock_timeout = '30s'; "
        + "SELECT pg_advisory_xact_lock(5063847102938475610)";

    public override DbTransaction TransactionStarted(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        using var command = CommandOf(connection, result);
        command.ExecuteNonQuery();
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection,
        TransactionEndEventData eventData,
        DbTransaction result,
        CancellationToken cancellationToken = default)
    {
        await using var command = CommandOf(connection, result);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return result;
    }

    private static DbCommand CommandOf(DbConnection connection, DbTransaction transaction)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = TakeTurn;
        return command;
    }
}
