using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

public sealed class ServiceUpdateTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Update_OneSetting_LeavesTheOthers()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");
        await _workspace.DeployRequestAsync(request with { MaxQueueWaitMs = 700, Description = "d", AutoScaler = new AutoScalerDto { MaxReplicas = 4 } });

        await _workspace.UpdateAsync("iris", new PatchStep("replace", "/autoScaler/minReplicas", 2));

        var service = await _workspace.ServiceAsync("iris");
        Assert.Equal((2, 4, 700, "d"), (
            service.AutoScaler.MinReplicas, service.AutoScaler.MaxReplicas, service.MaxQueueWaitMs, service.Description));
        Assert.Equal("score.py", _workspace.Compute.Find("iris")!.Spec.EntryScript);
        Assert.Equal(2, _workspace.Compute.Find("iris")!.Generation);
    }

    [Fact]
    public async Task Update_Tags_ReplacedAsAWholeOrByKeyWithoutARollout()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");
        await _workspace.DeployRequestAsync(request with { KvTags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });

        await _workspace.UpdateAsync("iris", new PatchStep("replace", "/kvTags/a", "3"), new PatchStep("remove", "/kvTags/b"));
        var byKey = await _workspace.ServiceAsync("iris");
        await _workspace.UpdateAsync(
            "iris", new PatchStep("replace", "/kvTags", new System.Text.Json.Nodes.JsonObject { ["c"] = "4" }),
            new PatchStep("add", "/description", "new"));
        var whole = await _workspace.ServiceAsync("iris");

        Assert.Equal(new Dictionary<string, string> { ["a"] = "3" }, byKey.KvTags);
        Assert.Equal(new Dictionary<string, string> { ["c"] = "4" }, whole.KvTags);
        Assert.Equal(("new", ServiceState.Healthy), (whole.Description, whole.State));
        Assert.Equal(1, _workspace.Compute.Find("iris")!.Generation);
    }

    [Fact]
    public async Task Update_RemovedDescription_IsGone()
    {
        await _workspace.DeployRequestAsync(await _workspace.ScriptedRequestAsync("iris") with { Description = "d" });

        await _workspace.UpdateAsync("iris", new PatchStep("remove", "/description"));

        Assert.Null((await _workspace.ServiceAsync("iris")).Description);
    }

    [Fact]
    public async Task Update_ModelNamedWithoutVersion_StaysUntilItIsNamedAgain()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");
        await _workspace.DeployRequestAsync(request with
        {
            EnvironmentImageRequest = request.EnvironmentImageRequest! with { ModelIds = ["iris-model"] },
        });
        await _workspace.RegisterModelAsync("iris-model");

        await _workspace.UpdateAsync("iris", new PatchStep("replace", "/scoringTimeoutMs", 5000));
        var kept = _workspace.Compute.Find("iris")!.Spec.Models.Single().Version;
        await _workspace.UpdateAsync("iris", new PatchStep(
            "replace", "/environmentImageRequest/modelIds", new System.Text.Json.Nodes.JsonArray("iris-model")));

        Assert.Equal((1, 2), (kept, _workspace.Compute.Find("iris")!.Spec.Models.Single().Version));
    }

    [Fact]
    public async Task Update_FixedReplicasRemoved_IsAutoscaledAgain()
    {
        await _workspace.DeployRequestAsync(await _workspace.ScriptedRequestAsync("iris") with { NumReplicas = 3 });
        var isFixed = (await _workspace.ServiceAsync("iris")).AutoScaler.AutoscaleEnabled;

        await _workspace.UpdateAsync("iris", new PatchStep("remove", "/numReplicas"));

        Assert.False(isFixed);
        Assert.True((await _workspace.ServiceAsync("iris")).AutoScaler.AutoscaleEnabled);
    }

    [Fact]
    public async Task Update_SameAfterAFailure_IsTriedAgain()
    {
        await _workspace.DeployScriptedAsync("iris");
        _workspace.Compute.Outcome = _ => ErrorDocument.Of(ErrorCodes.DeploymentFailed, 400, "x");
        await _workspace.UpdateAsync("iris", new PatchStep("replace", "/scoringTimeoutMs", 5000));
        _workspace.Compute.Outcome = _ => null;

        var ended = await _workspace.UpdateAsync("iris", new PatchStep("replace", "/scoringTimeoutMs", 5000));

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(3, _workspace.Compute.Find("iris")!.Generation);
    }

    [Theory]
    [InlineData("replace", "/name", "x")]
    [InlineData("replace", "/computeName", "x")]
    [InlineData("remove", "/kvTags/none", null)]
    [InlineData("replace", "/scoringTimeoutMs", "soon")]
    [InlineData("replace", "/autoScaler/maxReplicas", 0)]
    public async Task Update_WrongStep_Is400AndChangesNothing(string op, string path, object? value)
    {
        await _workspace.DeployScriptedAsync("iris");
        var node = value is int number ? System.Text.Json.Nodes.JsonValue.Create(number)
            : value is string text ? System.Text.Json.Nodes.JsonValue.Create(text) : null;

        await TestWorkspace.RefusalAsync(
            _workspace.PatchAsync("services/iris", new PatchStep(op, path, node)), 400, ErrorCodes.InvalidArgument);

        Assert.Equal(1, _workspace.Compute.Find("iris")!.Generation);
    }

    [Theory]
    [InlineData("", "digits,iris")]
    [InlineData("name=iris", "iris")]
    [InlineData("computeType=aks", "iris")]
    [InlineData("computeType=LOCAL", "digits")]
    [InlineData("modelName=iris-model", "iris")]
    [InlineData("modelId=digits-model:1", "digits")]
    [InlineData("modelId=digits-model:2", "")]
    [InlineData("tags=stage=prod", "iris")]
    [InlineData("tags=stage&tags=owner", "digits")]
    [InlineData("properties=p", "digits")]
    [InlineData("orderby=CreatedAtAsc", "iris,digits")]
    [InlineData("orderby=UpdatedAtDesc", "digits,iris")]
    public async Task List_Filtered_IsWhatMatchesInOrder(string query, string expected)
    {
        await _workspace.DeployRequestAsync(
            await _workspace.ScriptedRequestAsync("iris") with { KvTags = new Dictionary<string, string> { ["stage"] = "prod" } });
        await _workspace.DeployRequestAsync(await _workspace.ScriptedRequestAsync("digits") with
        {
            ComputeType = "local",
            KvTags = new Dictionary<string, string> { ["stage"] = "test", ["owner"] = "a" },
            Properties = new Dictionary<string, string> { ["p"] = "1" },
        });

        var page = await _workspace.GetAsync("services?" + query, ContractsJson.Default.PageServiceDto);

        Assert.Equal(expected, string.Join(',', page.Value.Select(service => service.Name)));
    }

    [Fact]
    public async Task List_InPages_GivesEachOnce()
    {
        var request = await _workspace.ScriptedRequestAsync("iris");
        foreach (var name in (string[])["svc-c", "svc-a", "svc-b"])
        {
            await _workspace.DeployRequestAsync(request with { Name = name });
        }

        var first = await _workspace.GetAsync("services?count=2", ContractsJson.Default.PageServiceDto);
        var second = await TestWorkspace.ReadAsync(await _workspace.Http.GetAsync(first.NextLink), ContractsJson.Default.PageServiceDto);

        Assert.Equal(["svc-a", "svc-b", "svc-c"], first.Value.Concat(second.Value).Select(service => service.Name));
        Assert.Null(second.NextLink);
    }
}
