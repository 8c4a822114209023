using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>
/// A PostgreSQL server of this test run, in a folder of its own, on a free port of 127.0.0.1. It ends with this process,
/// however that ends: a shell around it waits for the end of its standard input.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    public const string User = "fairlead";
    public const string Password = "test-password";

    private const string Run = """
        set -e
        umask 077
        folder=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-postgres-XXXXXX")
        trap 'rm -rf "$folder"' EXIT
        cd "$folder"
        printf %s "$2" >password
        "$1/initdb" -D data -U "$3" --pwfile=password -A scram-sha-256 -E UTF8 --locale=C.UTF-8 --no-sync >log 2>&1 || { cat log >&2; exit 1; }
        "$1/postgres" -D data -p "$4" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
          -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB >log 2>&1 &
        server=$!
        read -r _ || true
        kill -QUIT $server
        wait $server || true
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lock Starting = new();
    private static Task<PostgresServer>? _shared;

    private readonly Process _process;
    private readonly int _port;
    private int _databases;

    private PostgresServer(Process process, int port) => (_process, _port) = (process, port);

    /// <summary>The one of this run.</summary>
    public static Task<PostgresServer> SharedAsync()
    {
        lock (Starting)
        {
            return _shared ??= StartAsync();
        }
    }

    public static async ValueTask EndSharedAsync()
    {
        if (_shared is not null)
        {
            (await _shared).Dispose();
        }
    }

    public string ConnectionStringOf(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = IPAddress.Loopback.ToString(),
        Port = _port,
        Database = database,
        Username = User,
        Password = Password,
        MaxPoolSize = 20,
    }.ToString();

    /// <summary>A new database with the workspace's tables, copied from one that was migrated once.</summary>
    public Task<string> CreateDatabaseAsync() => CreateAsync("workspace_template");

    /// <summary>A new database without anything.</summary>
    public Task<string> CreateEmptyDatabaseAsync() => CreateAsync("template0");

    /// <param name="alone">A database that nobody may be connected to while the command runs.</param>
    public async Task ExecuteAsync(string sql, string? alone = null)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringOf("postgres"));
        await connection.OpenAsync();
        if (alone is not null)
        {
            sql = $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{alone}'; " + sql;
        }

        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(Limit);
        _process.Dispose();
    }

    private async Task<string> CreateAsync(string template)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        return ConnectionStringOf(name);
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo { RedirectStandardInput = true, UseShellExecute = false };

        // PostgreSQL refuses to run as root.
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh"]
            : ["sh"];
        start.FileName = command[0];
        foreach (var argument in (string[])
            [.. command[1..], "-c", Run, "postgres", Binaries(), Password, User, port.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        start.WorkingDirectory = "/";
        var server = new PostgresServer(Process.Start(start)!, port);
        await server.WaitAsync();
        await server.ExecuteAsync("CREATE DATABASE workspace_template TEMPLATE template0");
        var template = server.ConnectionStringOf("workspace_template") + ";Pooling=false";
        await using var db = new PostgresWorkspaceDb(
            new DbContextOptionsBuilder<PostgresWorkspaceDb>().UseNpgsql(template).Options);
        await db.Database.MigrateAsync();
        return server;
    }

    private async Task WaitAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (!_process.HasExited && watch.Elapsed < Limit)
            {
                await Task.Delay(50);
            }
        }
    }

    private static string Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .OrderByDescending(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
                .Select(path => Path.Combine(path, "bin")).First(path => File.Exists(Path.Combine(path, "initdb")))
            : Environment.GetEnvironmentVariable("PATH")!.Split(':').FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")))
                ?? throw new InvalidOperationException("PostgreSQL is not installed: apt-get install postgresql");

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
