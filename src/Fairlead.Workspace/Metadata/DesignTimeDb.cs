using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Fairlead.Workspace.Metadata;

/// <summary>For <c>dotnet ef</c> only: makes a context to compare migrations with.</summary>
internal sealed class DesignTimeDb : IDesignTimeDbContextFactory<WorkspaceDb>
{
    public WorkspaceDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<WorkspaceDb>().UseSqlite("Data Source=:memory:").Options);
}
