using System.Diagnostics;
using System.Globalization;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Sharing;

/// <summary>What several workspaces share: a database, a blob store, a cluster.</summary>
internal sealed class SharedWorkspace : IAsyncDisposable
{
    /// <summary>Short, since tests wait for it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private readonly List<ReplicaProcess> _replicas = [];

    private SharedWorkspace(string database, BlobOptions blobs) => (Database, Blobs) = (database, blobs);

    public TestFolder Folder { get; } = new();

    public string Database { get; }

    public BlobOptions Blobs { get; }

    public static async Task<SharedWorkspace> CreateAsync()
    {
        var shared = new SharedWorkspace(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(), await BlobServers.AzureAsync());
        Directory.CreateDirectory(shared.PathOf("cluster"));
        await File.WriteAllTextAsync(shared.PathOf("token"), TestWorkspace.SharedToken);
        return shared;
    }

    public async Task<ReplicaProcess> StartAsync(string name)
    {
        var data = PathOf(name);
        Directory.CreateDirectory(data);
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "..", "..", "Fairlead.Workspace.Replica", "debug", "Fairlead.Workspace.Replica"))
        {
            Environment =
            {
                ["FAIRLEAD_Cluster"] = PathOf("cluster"),
                ["FAIRLEAD_Replica"] = name,
                ["FAIRLEAD_Workspace__DataDirectory"] = data,
                ["FAIRLEAD_Workspace__AdminTokenFile"] = PathOf("token"),
                ["FAIRLEAD_Workspace__Database__ConnectionString"] = Database,
                ["FAIRLEAD_Workspace__Blobs__Azure__ConnectionString"] = Blobs.Azure.ConnectionString,
                ["FAIRLEAD_Workspace__Blobs__Azure__Container"] = Blobs.Azure.Container,
                ["FAIRLEAD_Workspace__OperationLease"] = Lease.ToString("c", CultureInfo.InvariantCulture),
            },
        };
        var replica = await ReplicaProcess.StartAsync(start);
        _replicas.Add(replica);
        return replica;
    }

    /// <summary>Makes deployments wait (<c>hold</c>) or the steps that apply them (<c>slow</c>), until it is disposed.</summary>
    public IDisposable Set(string file)
    {
        var path = Path.Combine(PathOf("cluster"), file);
        File.WriteAllText(path, "");
        return new Deletion(path);
    }

    /// <summary>What was done in the cluster, in order.</summary>
    public IReadOnlyList<string> Journal()
    {
        var path = Path.Combine(PathOf("cluster"), "journal");
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    public Task WaitForAsync(string entry) =>
        Eventually.TrueAsync(() => Task.FromResult(Journal().Contains(entry)), $"'{entry}' in the cluster's journal");

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        Folder.Dispose();
    }

    private string PathOf(string name) => Path.Combine(Folder.Path, name);

    private sealed class Deletion(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
