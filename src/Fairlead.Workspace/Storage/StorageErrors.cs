using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Storage;

/// <summary>Knows a full disk when it sees one.</summary>
internal static class StorageErrors
{
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const int SqliteFull = 13;

    public static bool IsFull(Exception exception) => exception switch
    {
        IOException { HResult: NoSpaceErrno or QuotaErrno } => true,
        Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SqliteFull } => true,
        { InnerException: { } inner } => IsFull(inner),
        _ => false,
    };

    public static FairleadException Full(Exception? cause) => new(
        ErrorCodes.StorageFull,
        507,
        "The disk of the server's data directory is full. Free some space there, delete models that are no longer "
        + "needed, or move the data directory to a larger disk, and try again.",
        cause);

    /// <param name="where">Which store.</param>
    /// <param name="reason">What it says, without a period.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="cause">What its client has thrown.</param>
    public static FairleadException Unavailable(string where, string reason, string advice, Exception? cause) => new(
        ErrorCodes.StorageUnavailable, 503, $"The workspace's blob store, {where}, cannot be used: {reason}. {advice}", cause);
}
