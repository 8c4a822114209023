using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

public sealed class ServiceKeyTests : IAsyncLifetime
{
    private const string Chosen = "a-key-of-my-own-choice";

    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Create_NoKeys_MakesTwoOf32LettersAndDigits()
    {
        await _workspace.DeployScriptedAsync("iris");

        var keys = await _workspace.KeysAsync("iris");

        Assert.NotEqual(keys.PrimaryKey, keys.SecondaryKey);
        Assert.All([keys.PrimaryKey, keys.SecondaryKey], key => Assert.Matches("^[A-Za-z0-9]{32}$", key));
        Assert.Equal([Hash(keys.PrimaryKey), Hash(keys.SecondaryKey)], AcceptedHashes());
    }

    [Fact]
    public async Task Create_GivenKey_IsTakenAndTheOtherMade()
    {
        await _workspace.DeployRequestAsync(await _workspace.ScriptedRequestAsync("iris") with { Keys = new AuthKeysDto(Chosen, null) });

        var keys = await _workspace.KeysAsync("iris");

        Assert.Equal((Chosen, 32), (keys.PrimaryKey, keys.SecondaryKey?.Length));
    }

    [Theory]
    [InlineData("2short7")]
    [InlineData("has a space in the middle")]
    [InlineData("not-äscii-not-äscii")]
    public async Task Create_KeyAgainstTheRule_IsRefusedWithoutShowingIt(string key)
    {
        var request = await _workspace.ScriptedRequestAsync("iris") with { Keys = new AuthKeysDto(null, key) };

        var problem = await TestWorkspace.RefusalAsync(_workspace.PostServiceAsync(request), 400, ErrorCodes.InvalidArgument);

        Assert.Equal("keys.secondaryKey", problem.Details.Single().Target);
        Assert.DoesNotContain(key, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Primary", null)]
    [InlineData("secondary", null)]
    [InlineData("Primary", Chosen)]
    public async Task Regenerate_OneKey_TakesEffectAtOnceWithoutARollout(string type, string? value)
    {
        await _workspace.DeployScriptedAsync("iris");
        var before = await _workspace.KeysAsync("iris");

        var answered = await RegenerateAsync(new RegenerateKeyRequest(type, value));

        var after = await _workspace.KeysAsync("iris");
        var isPrimary = type == "Primary";
        Assert.Equal(answered, after);
        Assert.Equal(isPrimary, before.PrimaryKey != after.PrimaryKey);
        Assert.Equal(!isPrimary, before.SecondaryKey != after.SecondaryKey);
        Assert.True(value is null || after.PrimaryKey == value);
        Assert.Equal([Hash(after.PrimaryKey), Hash(after.SecondaryKey)], AcceptedHashes());
        Assert.Equal(1, _workspace.Compute.Find("iris")!.Generation);
    }

    [Fact]
    public async Task Regenerate_UnknownType_Is400()
    {
        await _workspace.DeployScriptedAsync("iris");

        await TestWorkspace.RefusalAsync(
            _workspace.SendAsync(
                HttpMethod.Post, "services/iris/regenerateKeys", new RegenerateKeyRequest("Third"),
                ContractsJson.Default.RegenerateKeyRequest),
            400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Update_AndRestart_KeepKeys()
    {
        await _workspace.DeployScriptedAsync("iris");
        var before = await RegenerateAsync(new RegenerateKeyRequest("Secondary"));
        await _workspace.UpdateAsync("iris", new PatchStep("replace", "/scoringTimeoutMs", 5000));

        _workspace = await _workspace.RestartAsync();

        Assert.Equal(before, await _workspace.KeysAsync("iris"));
        Assert.Equal([Hash(before.PrimaryKey), Hash(before.SecondaryKey)], AcceptedHashes());
    }

    [Fact]
    public async Task Stored_Keys_AreNowhereInPlainAndTheirProtectionIsPrivate()
    {
        Assert.SkipWhen(TestDatabases.IsPostgres, "It looks into the files of SQLite; PostgreSQL has none in the data folder.");
        await _workspace.DeployRequestAsync(await _workspace.ScriptedRequestAsync("iris") with { Keys = new AuthKeysDto(Chosen, null) });
        await _workspace.StopAsync();

        Assert.All(
            Directory.EnumerateFiles(_workspace.Data.Path, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain(Chosen, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
        var keys = Path.Combine(_workspace.Data.Path, "keys");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
        Assert.All(
            Directory.EnumerateFiles(keys),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.NotEmpty(Directory.EnumerateFiles(keys));
        _workspace = await TestWorkspace.StartAsync(_workspace.Data);
    }

    private string[] AcceptedHashes() => [.. _workspace.Compute.Find("iris")!.Secret.KeyHashes];

    private static string Hash(string? key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key!)));

    private Task<AuthKeysDto> RegenerateAsync(RegenerateKeyRequest request) => _workspace.SendAsync(
        HttpMethod.Post, "services/iris/regenerateKeys", request,
        ContractsJson.Default.RegenerateKeyRequest, ContractsJson.Default.AuthKeysDto);
}
