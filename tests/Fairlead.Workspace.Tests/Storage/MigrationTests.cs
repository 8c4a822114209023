using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Tests.Storage;

/// <summary>Every change of an entity has a migration for both databases: <c>eng/add-migration.sh NAME</c>.</summary>
public sealed class MigrationTests
{
    private static readonly DbContextOptions<WorkspaceDb> Sqlite =
        new DbContextOptionsBuilder<WorkspaceDb>().UseSqlite("Data Source=:memory:").Options;

    private static readonly DbContextOptions<PostgresWorkspaceDb> Postgres =
        new DbContextOptionsBuilder<PostgresWorkspaceDb>().UseNpgsql("Host=nowhere.invalid;Database=none").Options;

    [Fact]
    public void Sqlite_ModelAndMigrations_AreTheSame()
    {
        using var db = new WorkspaceDb(Sqlite);

        Assert.False(db.Database.HasPendingModelChanges(), "run: eng/add-migration.sh NAME");
    }

    [Fact]
    public void Postgres_ModelAndMigrations_AreTheSame()
    {
        using var db = new PostgresWorkspaceDb(Postgres);

        Assert.False(db.Database.HasPendingModelChanges(), "run: eng/add-migration.sh NAME");
    }
}
