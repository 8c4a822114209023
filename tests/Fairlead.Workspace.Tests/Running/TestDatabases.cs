using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(Fairlead.Workspace.Tests.Running.TestDatabases))]

namespace Fairlead.Workspace.Tests.Running;

/// <summary>
/// The database that workspaces of this run use: SQLite, or PostgreSQL when <c>FAIRLEAD_TEST_DATABASE</c> says
/// <c>postgres</c>. Each data folder has its own.
/// </summary>
public sealed class TestDatabases : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, string> Databases = new();

    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("FAIRLEAD_TEST_DATABASE") switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"FAIRLEAD_TEST_DATABASE is '{other}', but must be sqlite or postgres."),
    };

    /// <summary>The connection string for a data folder; null for SQLite.</summary>
    internal static async Task<string?> OfAsync(TestFolder data)
    {
        if (!IsPostgres)
        {
            return null;
        }

        if (!Databases.TryGetValue(data.Path, out var database))
        {
            Databases[data.Path] = database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        }

        return database;
    }

    public ValueTask DisposeAsync() => PostgresServer.EndSharedAsync();
}
