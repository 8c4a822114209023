using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>Deploys, as a client would, and waits for operations.</summary>
internal static class Deployments
{
    /// <summary>A request for a service with code and one model, both uploaded.</summary>
    public static async Task<CreateServiceRequest> ScriptedRequestAsync(this TestWorkspace workspace, string name)
    {
        var model = await workspace.RegisterModelAsync(name + "-model");
        var snapshot = await workspace.UploadAsync(Routes.Snapshots, ("score.py", "def run(data): return data"), ("lib/a.py", ""));
        return new CreateServiceRequest
        {
            Name = name,
            ComputeType = "AKS",
            EnvironmentImageRequest = new EnvironmentImageRequest
            {
                DriverProgram = "score.py",
                SnapshotUrl = snapshot.Url,
                ModelIds = [model.Id],
            },
        };
    }

    public static Task<HttpResponseMessage> PostServiceAsync(this TestWorkspace workspace, CreateServiceRequest request) =>
        workspace.SendAsync(HttpMethod.Post, Routes.Services, request, ContractsJson.Default.CreateServiceRequest);

    /// <summary>Deploys and waits for the end of the operation, however it ends.</summary>
    public static async Task<OperationDto> DeployRequestAsync(this TestWorkspace workspace, CreateServiceRequest request) =>
        await workspace.EndOfAsync(await workspace.PostServiceAsync(request));

    public static async Task<CreateServiceRequest> DeployScriptedAsync(this TestWorkspace workspace, string name)
    {
        var request = await workspace.ScriptedRequestAsync(name);
        Assert.Equal(OperationState.Succeeded, (await workspace.DeployRequestAsync(request)).State);
        return request;
    }

    public static async Task<OperationDto> UpdateAsync(this TestWorkspace workspace, string name, params PatchStep[] steps) =>
        await workspace.EndOfAsync(await workspace.PatchAsync("services/" + name, steps));

    /// <summary>Where an accepted request says its operation is, relative to any server.</summary>
    public static async Task<string> OperationOfAsync(HttpResponseMessage response)
    {
        Assert.True((int)response.StatusCode == 202, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        var location = new Uri(response.Headers.GetValues("Operation-Location").Single()).AbsolutePath;
        return "operations/" + location.Split('/')[^1];
    }

    public static async Task<OperationDto> EndOfAsync(this TestWorkspace workspace, HttpResponseMessage accepted) =>
        await workspace.EndOfAsync(await OperationOfAsync(accepted));

    public static async Task<OperationDto> EndOfAsync(this TestWorkspace workspace, string operation)
    {
        OperationDto? dto = null;
        await Eventually.TrueAsync(
            async () => (dto = await workspace.GetAsync(operation, ContractsJson.Default.OperationDto)).EndTime is not null,
            "the operation to end");
        return dto!;
    }

    public static Task<ServiceDto> ServiceAsync(this TestWorkspace workspace, string name) =>
        workspace.GetAsync("services/" + name, ContractsJson.Default.ServiceDto);

    public static Task<AuthKeysDto> KeysAsync(this TestWorkspace workspace, string name) => workspace.SendAsync(
        HttpMethod.Post, $"services/{name}/listkeys", new Dictionary<string, string>(),
        ContractsJson.Default.DictionaryStringString, ContractsJson.Default.AuthKeysDto);

    public static Task WaitForStateAsync(this FakeComputeTarget compute, string service, ServiceState state) => Eventually.TrueAsync(
        () => Task.FromResult(compute.FindStatus(service)?.State == state), $"service {service} to be {state}");
}
