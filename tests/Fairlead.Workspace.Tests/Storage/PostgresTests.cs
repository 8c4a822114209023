using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Storage;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Fairlead.Workspace.Tests.Storage;

/// <summary>What only PostgreSQL can do, and how it fails. Everything else runs on both databases.</summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task Start_SeveralAtOnceOnAnEmptyDatabase_AllServeWithTheSameKeys()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateEmptyDatabaseAsync();
        var compute = new FakeComputeTarget();

        var blobs = await BlobServers.AzureAsync();
        var workspaces = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => StartSharedAsync(database, blobs, compute)));

        await workspaces[0].DeployAsync("iris");
        var keys = await Task.WhenAll(workspaces.Select(workspace => workspace.KeysAsync("iris")));
        Assert.Single(keys.Distinct());
        Assert.Equal(1, await CountAsync(database, "SELECT count(*) FROM \"DataProtectionKeys\""));
        await Task.WhenAll(workspaces.Select(workspace => workspace.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Register_SameNameAtOnceInSeveralWorkspaces_EachGetsItsOwnVersion()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        var blobs = await BlobServers.AzureAsync();
        await using var one = await StartSharedAsync(database, blobs);
        await using var two = await StartSharedAsync(database, blobs);
        var assets = new[] { await one.UploadAsync(Routes.Assets, ("m", "1")), await two.UploadAsync(Routes.Assets, ("m", "1")) };

        var models = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => (i % 2 == 0 ? one : two).RegisterModelAsync("iris", asset: assets[i % 2])));

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), models.Select(model => model.Version).Order());
    }

    [Fact]
    public async Task List_MixedCaseAndAccents_IsInTheOrderOfBytes()
    {
        var server = await PostgresServer.SharedAsync();
        await using var workspace = await StartAsync(await server.CreateDatabaseAsync());
        foreach (var name in (string[])["b", "A", "a", "B", "a-b", "a.c"])
        {
            await workspace.SendAsync(HttpMethod.Put, "environments/" + name, new(), ContractsJson.Default.EnvironmentDefinition);
        }

        var listed = await workspace.GetAsync("environments?count=100", ContractsJson.Default.PageEnvironmentDto);

        Assert.Equal(["A", "B", "a", "a-b", "a.c", "b"], listed.Value.Select(environment => environment.Name));
    }

    [Fact]
    public async Task Start_NothingListens_SaysThatItDoesNotAnswer()
    {
        var refused = await RefusalAsync("Host=127.0.0.1;Port=1;Database=fairlead;Username=x;Password=secret");

        Assert.Contains("does not answer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WrongPassword_SaysWhichSettingAndNotThePassword()
    {
        var server = await PostgresServer.SharedAsync();
        var refused = await RefusalAsync(Change(server.ConnectionStringOf("postgres"), to => to.Password = "secret"));

        Assert.Contains("password authentication failed for user \"fairlead\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Workspace:Database", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoSuchDatabase_SaysToCreateIt()
    {
        var server = await PostgresServer.SharedAsync();

        var refused = await RefusalAsync(server.ConnectionStringOf("missing"));

        Assert.Contains("\"missing\" does not exist. Create it first", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UserWithoutRights_SaysWhatToGrant()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateEmptyDatabaseAsync();
        await server.ExecuteAsync("CREATE ROLE guest LOGIN PASSWORD 'guest'");

        var refused = await RefusalAsync(Change(database, to => (to.Username, to.Password) = ("guest", "guest")));

        Assert.Contains("GRANT CREATE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DatabaseOfANewerVersion_IsLeftAsItIs()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await ExecuteAsync(database, "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29991231000000_Future', '99.0')");

        var refused = await RefusalAsync(database);

        Assert.Contains("newer version of Fairlead has changed it (29991231000000_Future)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordFile_Changed_CountsForTheNextConnection()
    {
        var server = await PostgresServer.SharedAsync();
        var database = Change(await server.CreateDatabaseAsync(), to => (to.Username, to.Password) = ("rotated", null));
        await server.ExecuteAsync("CREATE ROLE rotated LOGIN SUPERUSER PASSWORD 'first'");
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "password");
        await File.WriteAllTextAsync(file, "first\n");
        await using var workspace = await TestWorkspace.StartAsync(configure: options =>
            options.Database = new() { ConnectionString = database + ";Pooling=false", PasswordFile = file });

        await server.ExecuteAsync("ALTER ROLE rotated PASSWORD 'second'");
        await TestWorkspace.RefusalAsync(workspace.Http.GetAsync("models"), 503, ErrorCodes.DatabaseUnavailable);
        await File.WriteAllTextAsync(file, "second\n");

        Assert.Empty((await workspace.GetAsync("models", ContractsJson.Default.PageModelDto)).Value);
    }

    [Theory]
    [InlineData("Host=db", "must name Host and Database")]
    [InlineData("Hots=db;Database=x", "is not of the form")]
    [InlineData("postgres://fairlead:secret@db/fairlead", "is not of the form")]
    public async Task Options_NotAConnectionString_AreRefused(string text, string expected)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(
            () => TestWorkspace.StartAsync(configure: options => options.Database.ConnectionString = text));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_DatabaseGoneAndBack_Is503AndThenServed()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await using var workspace = await StartAsync(database);
        await workspace.RegisterModelAsync("iris");

        await server.ExecuteAsync($"ALTER DATABASE {name} RENAME TO away_{name}", alone: name);
        var refused = await TestWorkspace.RefusalAsync(workspace.Http.GetAsync("models"), 503, ErrorCodes.DatabaseUnavailable);
        await server.ExecuteAsync($"ALTER DATABASE away_{name} RENAME TO {name}");

        Assert.StartsWith("The workspace's database cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.Single((await workspace.GetAsync("models", ContractsJson.Default.PageModelDto)).Value);
    }

    private static Task<TestWorkspace> StartSharedAsync(string database, BlobOptions blobs, FakeComputeTarget? compute = null) =>
        TestWorkspace.StartAsync(compute: compute, isShared: true, configure: options =>
        {
            options.Database.ConnectionString = database;
            options.Blobs = blobs;
        });

    private static Task<TestWorkspace> StartAsync(string database, FakeComputeTarget? compute = null) =>
        TestWorkspace.StartAsync(compute: compute, configure: options => options.Database.ConnectionString = database);

    private static Task<FairleadException> RefusalAsync(string database) => Assert.ThrowsAsync<FairleadException>(
        () => TestWorkspace.StartAsync(configure: options =>
            options.Database = new() { ConnectionString = database, StartTimeout = TimeSpan.Zero }));

    private static string Change(string database, Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(database);
        change(builder);
        return builder.ToString();
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
