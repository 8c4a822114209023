using Fairlead.Workspace.Sharing;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fairlead.Workspace.Tests.Sharing;

public sealed class ServiceTurnsTests
{
    [Fact]
    public async Task Acquire_HeldByAnotherWorkspace_WaitsForItAlone()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var blobs = await BlobServers.AzureAsync();
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var turns = two.Services.GetRequiredService<ServiceTurns>();
        var held = await one.Services.GetRequiredService<ServiceTurns>().AcquireAsync("iris", default);

        var waiting = turns.AcquireAsync("iris", default);
        await Eventually.TrueAsync(async () => await WaitersAsync() == 1, "the other to wait in the database");
        await using (await turns.AcquireAsync("digits", default))
        {
            Assert.False(waiting.IsCompleted);
        }

        await held.DisposeAsync();
        await using var turn = await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await WaitersAsync());

        Task<TestWorkspace> StartAsync() => TestWorkspace.StartAsync(
            isShared: true, configure: options => (options.Database, options.Blobs) = (new() { ConnectionString = database }, blobs));

        async Task<long> WaitersAsync()
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var command = source.CreateCommand(
                $"SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database() AND classid = {ServiceTurns.Kind} AND NOT granted");
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }
}
