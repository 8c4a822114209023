using System.Diagnostics;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Tests.Sharing;

/// <summary>Several workspaces, each a real process, on one PostgreSQL database and one blob store.</summary>
public sealed class SharedWorkspaceTests : IAsyncLifetime
{
    private SharedWorkspace _shared = null!;
    private ReplicaProcess _one = null!;
    private ReplicaProcess _two = null!;

    public async ValueTask InitializeAsync()
    {
        _shared = await SharedWorkspace.CreateAsync();
        _one = await _shared.StartAsync("one");
        _two = await _shared.StartAsync("two");
        await _one.RegisterAsync("iris");
    }

    public ValueTask DisposeAsync() => _shared.DisposeAsync();

    [Theory]
    [InlineData("hold")]
    [InlineData("slow")]
    public async Task Kill_InTheMiddleOfADeployment_TheOtherGoesOnWithIt(string where)
    {
        string operation;
        ReplicaProcess other;
        using (_shared.Set(where))
        {
            operation = await Deployments.OperationOfAsync(await _one.DeployAsync("svc"));
            (var killed, other) = await WhoDidAsync("begin svc 1");
            await killed.KillAsync();
            await _shared.WaitForAsync("begin svc 1 " + NameOf(other));
            Assert.Null((await other.GetAsync(operation, ContractsJson.Default.OperationDto)).EndTime);
        }

        Assert.Equal(OperationState.Succeeded, (await other.EndOfAsync(operation)).State);
        var service = await other.GetAsync("services/svc", ContractsJson.Default.ServiceDto);
        Assert.Equal((ServiceState.Healthy, null), (service.State, service.Error));
    }

    [Fact]
    public async Task Stop_InTheMiddleOfADeployment_TheOtherGoesOnAtOnce()
    {
        using var hold = _shared.Set("hold");
        var operation = await Deployments.OperationOfAsync(await _one.DeployAsync("svc"));
        var (stopped, other) = await WhoDidAsync("end svc 1");

        await stopped.StopAsync();
        var watch = Stopwatch.StartNew();
        await _shared.WaitForAsync("begin svc 1 " + NameOf(other));

        Assert.True(watch.Elapsed < SharedWorkspace.Lease, $"{watch.Elapsed} after the end, which is no sooner than after a crash.");
        hold.Dispose();
        Assert.Equal(OperationState.Succeeded, (await other.EndOfAsync(operation)).State);
    }

    [Fact]
    public async Task Deploy_ThroughEither_EachOperationRunsInOneProcessAndBothShowIt()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"svc-{i}").ToList();
        var operations = await Task.WhenAll(names.Select(async (name, i) =>
            await Deployments.OperationOfAsync(await (i % 2 == 0 ? _one : _two).DeployAsync(name))));

        foreach (var (i, operation) in operations.Index())
        {
            // Asked of the one that did not take it.
            Assert.Equal(OperationState.Succeeded, (await (i % 2 == 0 ? _two : _one).EndOfAsync(operation)).State);
        }

        var begun = _shared.Journal().Where(line => line.StartsWith("begin", StringComparison.Ordinal)).ToList();
        Assert.Equal(names.Order(), begun.Select(line => line.Split(' ')[1]).Order());
        foreach (var replica in (ReplicaProcess[])[_one, _two])
        {
            var listed = await replica.GetAsync("services?count=100", ContractsJson.Default.PageServiceDto);
            Assert.Equal(names.Order(), listed.Value.Select(service => service.Name).Order());
            Assert.All(listed.Value, service => Assert.Equal(ServiceState.Healthy, service.State));
        }

        Assert.Equal(await _one.KeysAsync("svc-0"), await _two.KeysAsync("svc-0"));
    }

    [Fact]
    public async Task Create_SameNameThroughBothAtOnce_OneWinsAndTheOtherIsTold()
    {
        for (var round = 0; round < 10; round++)
        {
            var name = $"svc-{round}";
            var answers = await Task.WhenAll(_one.DeployAsync(name), _two.DeployAsync(name));

            Assert.Equal([202, 409], answers.Select(answer => (int)answer.StatusCode).Order());
            await TestWorkspace.RefusalAsync(
                Task.FromResult(answers.Single(answer => (int)answer.StatusCode == 409)), 409, ErrorCodes.ServiceAlreadyExists);
        }
    }

    [Fact]
    public async Task Delete_ByForceOfADeploymentInTheOther_NeverOverlapsIt()
    {
        using var hold = _shared.Set("hold");
        using var slow = _shared.Set("slow");
        var deployment = await Deployments.OperationOfAsync(await _one.DeployAsync("svc"));
        var (_, other) = await WhoDidAsync("begin svc 1");

        var deletion = await Deployments.OperationOfAsync(await other.Http.DeleteAsync("services/svc?force=true"));

        Assert.Equal(OperationState.Succeeded, (await _two.EndOfAsync(deletion)).State);
        Assert.Equal(OperationState.Cancelled, (await _two.GetAsync(deployment, ContractsJson.Default.OperationDto)).State);
        var journal = _shared.Journal().Select(line => string.Join(' ', line.Split(' ').Take(2))).ToList();
        Assert.Equal(["begin svc", "end svc", "delete svc"], journal);
        await TestWorkspace.RefusalAsync(_one.Http.GetAsync("services/svc"), 404, ErrorCodes.ServiceNotFound);
    }

    [Fact]
    public async Task Leader_IsKilled_TheOtherLeadsAndBringsServicesBack()
    {
        var operation = await Deployments.OperationOfAsync(await _one.DeployAsync("svc"));
        await _one.EndOfAsync(operation);

        // The first that came leads; the other takes over what it may have left half done.
        var before = Begun();
        await _one.KillAsync();

        await Eventually.TrueAsync(
            () => Task.FromResult(_two.Output.Contains("This workspace leads", StringComparison.Ordinal)), "the other to lead");
        await Eventually.TrueAsync(() => Task.FromResult(Begun() > before), "the service to be brought back by the other");

        int Begun() => _shared.Journal().Count(line => line == "begin svc 1 two");
    }

    [Fact]
    public async Task Start_OfOneThatSharesWithNobody_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<FairleadException>(() => TestWorkspace.StartAsync(configure: options =>
            options.Database = new() { ConnectionString = _shared.Database, StartTimeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(ErrorCodes.DatabaseUnavailable, refused.Error.Code);
        Assert.Contains("other servers use it, and 'fairleadd up' shares it with nobody", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_AreCut_BothGoOn()
    {
        var name = new Npgsql.NpgsqlConnectionStringBuilder(_shared.Database).Database;
        await (await PostgresServer.SharedAsync()).ExecuteAsync("SELECT 1", alone: name);

        foreach (var replica in (ReplicaProcess[])[_one, _two])
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    using var answer = await replica.Http.GetAsync("models");
                    return answer.IsSuccessStatusCode;
                },
                "the workspace to answer again");
        }

        var operation = await Deployments.OperationOfAsync(await _two.DeployAsync("svc"));
        Assert.Equal(OperationState.Succeeded, (await _one.EndOfAsync(operation)).State);
    }

    [Fact]
    public async Task Options_OfSharingIncomplete_NameWhatIsMissing()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorkspace.StartAsync(
            isShared: true, configure: options => (options.Database, options.AdminTokenFile) = (new(), null)));

        Assert.Contains("'Workspace:Database:ConnectionString' is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'Workspace:Blobs:Azure' or 'Workspace:Blobs:S3' is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'Workspace:AdminTokenFile' is missing", refused.Message, StringComparison.Ordinal);
    }

    private string NameOf(ReplicaProcess replica) => replica == _one ? "one" : "two";

    // Whichever looks first takes an operation.
    private async Task<(ReplicaProcess Did, ReplicaProcess Other)> WhoDidAsync(string entry)
    {
        string? line = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((line = _shared.Journal().FirstOrDefault(line => line.StartsWith(entry + " ", StringComparison.Ordinal))) is not null),
            $"'{entry}' in the cluster's journal");
        return line!.EndsWith(" one", StringComparison.Ordinal) ? (_one, _two) : (_two, _one);
    }
}
