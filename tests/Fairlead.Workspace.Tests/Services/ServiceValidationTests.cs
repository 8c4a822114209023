using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Services;

/// <summary>Everything is refused before anything is changed.</summary>
public sealed class ServiceValidationTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Theory]
    [InlineData("""{"name": "Iris"}""", "name")]
    [InlineData("""{"name": "ab"}""", "name")]
    [InlineData("""{"name": "1abc"}""", "name")]
    [InlineData("""{"computeType": "ECS"}""", "computeType")]
    [InlineData("""{"autoScaler": {"minReplicas": 3, "maxReplicas": 2}}""", "autoScaler.minReplicas")]
    [InlineData("""{"autoScaler": {"minReplicas": -1}}""", "autoScaler.minReplicas")]
    [InlineData("""{"autoScaler": {"minReplicas": 0, "maxReplicas": 0}}""", "autoScaler.maxReplicas")]
    [InlineData("""{"autoScaler": {"targetUtilization": 0}}""", "autoScaler.targetUtilization")]
    [InlineData("""{"autoScaler": {"targetUtilization": 101}}""", "autoScaler.targetUtilization")]
    [InlineData("""{"autoScaler": {"refreshPeriodInSeconds": 0}}""", "autoScaler.refreshPeriodInSeconds")]
    [InlineData("""{"numReplicas": -1}""", "numReplicas")]
    [InlineData("""{"scoringTimeoutMs": 0}""", "scoringTimeoutMs")]
    [InlineData("""{"maxQueueWaitMs": -1}""", "maxQueueWaitMs")]
    [InlineData("""{"maxQueueLength": -1}""", "maxQueueLength")]
    [InlineData("""{"maxConcurrentRequestsPerContainer": 0}""", "maxConcurrentRequestsPerContainer")]
    [InlineData("""{"containerResourceRequirements": {"cpu": 0}}""", "containerResourceRequirements.cpu")]
    [InlineData("""{"containerResourceRequirements": {"memoryInGB": -1}}""", "containerResourceRequirements.memoryInGB")]
    [InlineData("""{"containerResourceRequirements": {"cpu": 2, "cpuLimit": 1}}""", "containerResourceRequirements.cpuLimit")]
    [InlineData("""{"livenessProbeRequirements": {"periodSeconds": 0}}""", "livenessProbeRequirements.periodSeconds")]
    [InlineData("""{"livenessProbeRequirements": {"failureThreshold": 0}}""", "livenessProbeRequirements.failureThreshold")]
    [InlineData("""{"rollout": {"maxSurge": 0, "maxUnavailable": 0}}""", "rollout")]
    [InlineData("""{"authEnabled": true, "aadAuthEnabled": true}""", "aadAuthEnabled")]
    [InlineData("""{"keys": {"primaryKey": "short"}}""", "keys.primaryKey")]
    public async Task Create_WrongSetting_NamesTheFieldAndChangesNothing(string change, string field)
    {
        var problem = await RefuseAsync(change, 400, ErrorCodes.InvalidArgument);

        Assert.Equal(field, problem.Details.Single().Target);
        Assert.Contains(field, problem.Message, StringComparison.Ordinal);
        Assert.Empty((await _workspace.GetAsync("services", ContractsJson.Default.PageServiceDto)).Value);
        Assert.Empty(_workspace.Compute.Applied);
    }

    [Theory]
    [InlineData("""{"computeName": "moon"}""", 404, ErrorCodes.ComputeNotFound, "local")]
    [InlineData("""{"environmentImageRequest": {"driverProgram": "main.py"}}""", 400, ErrorCodes.EntryScriptNotFound, "lib/a.py, score.py")]
    [InlineData("""{"environmentImageRequest": {"modelIds": ["none"]}}""", 404, ErrorCodes.ModelNotFound, "none")]
    [InlineData("""{"environmentImageRequest": {"modelIds": ["iris-model:9"]}}""", 404, ErrorCodes.ModelNotFound, "newest version of 'iris-model' is 1")]
    [InlineData("""{"environmentImageRequest": {"modelIds": [null]}}""", 400, ErrorCodes.InvalidArgument, "modelIds")]
    [InlineData("""{"environmentImageRequest": {"snapshotUrl": "http://x"}}""", 400, ErrorCodes.InvalidArgument, "aml://asset/")]
    [InlineData("""{"environmentImageRequest": {"snapshotUrl": null}}""", 400, ErrorCodes.InvalidArgument, "snapshot")]
    [InlineData("""{"environmentImageRequest": {"driverProgram": null}}""", 400, ErrorCodes.InvalidArgument, "Onnx or ScikitLearn")]
    [InlineData("""{"environmentImageRequest": {"environmentReference": {"name": "none"}}}""", 404, ErrorCodes.EnvironmentNotFound, "none")]
    [InlineData("""{"environmentImageRequest": {"environment": {"name": "AzureML-x"}}}""", 400, ErrorCodes.InvalidArgument, "reserved")]
    [InlineData("""{"environmentImageRequest": {"environment": {"docker": {"baseImage": "a", "baseDockerfile": "FROM b"}}}}""", 400, ErrorCodes.InvalidArgument, "baseDockerfile")]
    public async Task Create_WrongContent_SaysWhatToDo(string change, int status, string code, string says)
    {
        var problem = await RefuseAsync(change, status, code);

        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
        Assert.Empty(_workspace.Compute.Applied);
    }

    [Theory]
    [InlineData("Onnx", 202)]
    [InlineData("ScikitLearn", 202)]
    [InlineData("TensorFlow", 400)]
    public async Task Create_NoCode_TakesWhatCanBeServedSo(string framework, int status)
    {
        var model = await _workspace.RegisterModelAsync("net", framework);

        using var response = await _workspace.PostServiceAsync(new CreateServiceRequest
        {
            Name = "net",
            ComputeType = "local",
            EnvironmentImageRequest = new EnvironmentImageRequest { ModelIds = [model.Id] },
        });

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Create_EnvironmentWithNullSections_TakesTheirDefaults()
    {
        var request = await MergedAsync(
            """{"environmentImageRequest": {"environment": {"python": null, "docker": null, "environmentVariables": null}}}""");

        var ended = await _workspace.EndOfAsync(await PostAsync(request));

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(new PythonSection(), _workspace.Compute.Find("iris")!.Spec.Environment!.Python);
    }

    [Fact]
    public async Task Create_ScriptWithDotSlash_IsTheFileItself()
    {
        var ended = await _workspace.EndOfAsync(
            await PostAsync(await MergedAsync("""{"environmentImageRequest": {"driverProgram": "./score.py"}}""")));

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal("score.py", _workspace.Compute.Find("iris")!.Spec.EntryScript);
    }

    private async Task<ProblemDto> RefuseAsync(string change, int status, string code) =>
        await TestWorkspace.RefusalAsync(PostAsync(await MergedAsync(change)), status, code);

    private Task<HttpResponseMessage> PostAsync(JsonObject body) => _workspace.Http.PostAsync(
        "services", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));

    private async Task<JsonObject> MergedAsync(string change)
    {
        var request = JsonSerializer.SerializeToNode(
            await _workspace.ScriptedRequestAsync("iris"), ContractsJson.Default.CreateServiceRequest)!.AsObject();
        Merge(request, JsonNode.Parse(change)!.AsObject());
        return request;
    }

    private static void Merge(JsonObject into, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is JsonObject inner && into[name] is JsonObject outer)
            {
                Merge(outer, inner);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }
}
