using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Fairlead.Workspace.Storage;

/// <summary>Opens the database that the options name: SQLite in the data folder, or PostgreSQL.</summary>
internal sealed class WorkspaceDatabases : IDbContextFactory<WorkspaceDb>, IAsyncDisposable, IDisposable
{
    private readonly DbContextOptions<WorkspaceDb>? _sqlite;
    private readonly DbContextOptions<PostgresWorkspaceDb>? _postgres;

    public WorkspaceDatabases(IOptions<WorkspaceOptions> options, ILoggerFactory logging, IServiceProvider services)
    {
        if (!options.Value.Database.IsPostgres)
        {
            _sqlite = new DbContextOptionsBuilder<WorkspaceDb>()
                .UseSqlite(new SqliteConnectionStringBuilder
                {
                    DataSource = Path.Combine(options.Value.DataDirectory, "workspace.db"),
                }.ToString())
                .AddInterceptors(new SqliteConnections()).UseApplicationServiceProvider(services).Options;
            return;
        }

        Source = PostgresSource.Create(options.Value.Database, logging);
        _postgres = new DbContextOptionsBuilder<PostgresWorkspaceDb>()
            .UseNpgsql(Source).AddInterceptors(new PostgresTransactions()).UseApplicationServiceProvider(services).Options;
    }

    /// <summary>Connections to PostgreSQL; null with SQLite.</summary>
    public NpgsqlDataSource? Source { get; }

    public WorkspaceDb CreateDbContext() =>
        _postgres is null ? new WorkspaceDb(_sqlite!) : new PostgresWorkspaceDb(_postgres);

    public ValueTask DisposeAsync() => Source?.DisposeAsync() ?? ValueTask.CompletedTask;

    public void Dispose() => Source?.Dispose();
}
