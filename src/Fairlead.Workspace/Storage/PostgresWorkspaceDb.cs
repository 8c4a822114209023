using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Storage;

/// <summary>The same metadata in PostgreSQL. A type of its own, since migrations belong to one.</summary>
internal sealed class PostgresWorkspaceDb(DbContextOptions<PostgresWorkspaceDb> options) : WorkspaceDb(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // Text compares by its bytes, as in SQLite and in .NET's ordinal order, whatever the database's locale is.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
