using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fairlead.Workspace.Storage;

/// <summary>Lets <c>dotnet ef migrations add</c> make the context without a server.</summary>
internal sealed class WorkspaceDbFactory : IDesignTimeDbContextFactory<WorkspaceDb>
{
    public WorkspaceDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<WorkspaceDb>().UseSqlite("Data Source=design-time.db").Options);
}

/// <summary>The same for PostgreSQL.</summary>
internal sealed class PostgresWorkspaceDbFactory : IDesignTimeDbContextFactory<PostgresWorkspaceDb>
{
    public PostgresWorkspaceDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresWorkspaceDb>().UseNpgsql("Host=design-time;Database=fairlead").Options);
}
