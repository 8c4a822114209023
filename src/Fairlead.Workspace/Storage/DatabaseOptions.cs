using System.ComponentModel.DataAnnotations;

namespace Fairlead.Workspace.Storage;

/// <summary>Where metadata lies: SQLite in the data folder, unless a PostgreSQL database is named.</summary>
public sealed record DatabaseOptions
{
    /// <summary>
    /// A PostgreSQL database, in Npgsql's form (<c>Host=…;Database=…;Username=…;Password=…</c>). Default none: SQLite.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>File with the password, read anew for each connection, so that it may change. Default none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>How long a start waits for a database that does not answer. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal bool IsPostgres => !string.IsNullOrWhiteSpace(ConnectionString);
}
