using System.Net.Sockets;
using Fairlead.Contracts.Errors;
using Npgsql;

namespace Fairlead.Workspace.Storage;

/// <summary>Says what is wrong with a PostgreSQL database, and what to do. Never shows a password.</summary>
internal static class DatabaseErrors
{
    /// <summary>The refusal to show for an exception of the database; null when it is a defect.</summary>
    public static FairleadException? Describe(Exception exception) => exception switch
    {
        FairleadException => null,
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } =>
            new FairleadException(
                ErrorCodes.InvalidArgument, 400, "A text of the request holds the character U+0000, which cannot be stored."),
        PostgresException postgres when Advice(postgres) is { } advice => Unavailable($"{postgres.MessageText}. {advice}", exception),
        NpgsqlException { InnerException: SocketException or IOException or TimeoutException } lost =>
            Unavailable($"it does not answer ({lost.InnerException!.Message}). Is it running, and reachable from here?", exception),
        NpgsqlException { IsTransient: true } transient => Unavailable(transient.Message + ". Try again.", exception),
        { InnerException: { } inner } => Describe(inner),
        _ => null,
    };

    /// <summary>Waiting may help: nobody has to change anything first.</summary>
    public static bool MayPass(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState
            is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException { InnerException: SocketException or IOException or TimeoutException } => true,
        { InnerException: { } inner } => MayPass(inner),
        _ => false,
    };

    public static FairleadException Unavailable(string reason, Exception? cause = null) => new(
        ErrorCodes.DatabaseUnavailable, 503, $"The workspace's database cannot be used: {reason}", cause);

    private static string? Advice(PostgresException exception) => exception.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            "Check Username and Password (or the password file) of 'Workspace:Database', and the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => "Create it first (CREATE DATABASE), or name another one.",
        PostgresErrorCodes.InsufficientPrivilege =>
            "The user needs to own the database, or: GRANT CREATE, USAGE ON SCHEMA public TO the user.",
        PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown =>
            "It starts or stops; try again.",
        PostgresErrorCodes.TooManyConnections =>
            "Raise its max_connections, or lower 'Maximum Pool Size' in the connection string of each workspace.",
        PostgresErrorCodes.LockNotAvailable => "Another change of this workspace takes long; try again.",
        PostgresErrorCodes.DiskFull => "Make room on the database's disk.",
        PostgresErrorCodes.ReadOnlySqlTransaction => "It is read-only, perhaps a standby; name the primary.",
        _ => null,
    };
}
