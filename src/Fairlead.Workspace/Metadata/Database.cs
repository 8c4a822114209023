using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Metadata;

/// <summary>Opens the metadata store and brings it to the newest form.</summary>
internal static class Database
{
    public static void Add(IServiceCollection services) =>
        services.AddPooledDbContextFactory<WorkspaceDb>((provider, db) => db.UseSqlite(
            new SqliteConnectionStringBuilder
            {
                DataSource = Path.Combine(
                    provider.GetRequiredService<IOptions<WorkspaceOptions>>().Value.DataDirectory, "metadata.db"),
                DefaultTimeout = 30,
                ForeignKeys = true,
            }.ToString()));

    public static void Migrate(IDbContextFactory<WorkspaceDb> databases)
    {
        using var db = databases.CreateDbContext();
        db.Database.Migrate();

        // Readers do not wait for the writer. Kept in the file, so once is enough.
        db.Database.ExecuteSqlRaw("PRAGMA journal_mode=WAL;");
    }
}
