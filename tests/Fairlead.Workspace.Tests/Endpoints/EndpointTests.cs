using System.Net;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Endpoints;

/// <summary><c>/endpoints</c> over HTTP (§1.8).</summary>
public sealed class EndpointTests : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.StartAsync();

    public ValueTask DisposeAsync() => _workspace.DisposeAsync();

    [Fact]
    public async Task Create_FirstVersion_IsDefaultAndControlAndNamedAsTheEndpoint()
    {
        var endpoint = await CreateAsync();

        var version = Assert.Single(endpoint.Versions);
        Assert.Equal(("shop", "control", true, true, 0m), (version.Name, version.VersionType, version.IsDefault, version.IsRouted, version.TrafficPercentile));
        Assert.Equal(("shop-shop", ServiceState.Healthy), (version.Service.Name, endpoint.State));
        Assert.EndsWith("/api/v1/service/shop/score", endpoint.ScoringUri, StringComparison.Ordinal);
        Assert.Equal(("shop", "shop-shop"), (Traffic().DefaultVersion, Assert.Single(Traffic().Versions).Service));
        Assert.Equal(Hashes("shop"), Hashes("shop-shop"));
    }

    [Fact]
    public async Task CreateVersion_Deploying_GetsItsShareWhenItIsReady()
    {
        await CreateAsync();
        _workspace.Compute.Hold = true;
        var accepted = await CreateVersionAsync("green", 2.5m);
        await _workspace.Compute.WaitForStateAsync("shop-green", ServiceState.Transitioning);
        Assert.Single(Traffic().Versions);

        _workspace.Compute.Hold = false;
        _workspace.Compute.Settle("shop-green");

        Assert.Equal(OperationState.Succeeded, (await _workspace.EndOfAsync(accepted)).State);
        Assert.Equal([0m, 2.5m], Traffic().Versions.Select(version => version.TrafficPercentile));
        Assert.Equal([2.5m], (await GetAsync()).Versions.Skip(1).Select(version => version.TrafficPercentile));
    }

    [Fact]
    public async Task CreateVersion_Failed_GetsNothingAndCanBeDeleted()
    {
        await CreateAsync();
        _workspace.Compute.Outcome = service => service.Name == "shop-green" ? ErrorDocument.Of("X", 400, "broken") : null;

        Assert.Equal(OperationState.Failed, (await _workspace.EndOfAsync(await CreateVersionAsync("green", 50))).State);

        Assert.Single(Traffic().Versions);
        Assert.False((await GetAsync()).Versions[1].IsRouted);
        await DeleteVersionAsync("green");
        Assert.Single((await GetAsync()).Versions);
    }

    [Fact]
    public async Task PatchVersion_ShareOnly_ChangesTheEndpointAndNoReplica()
    {
        await CreateAsync();
        await _workspace.EndOfAsync(await CreateVersionAsync("green", 0));
        var generation = _workspace.Compute.Find("shop-green")!.Generation;

        var operation = await _workspace.EndOfAsync(await PatchVersionAsync("green", ("trafficPercentile", 33.25m)));

        Assert.Equal(OperationState.Succeeded, operation.State);
        Assert.Equal(33.25m, Traffic().Versions[1].TrafficPercentile);
        Assert.Equal(generation, _workspace.Compute.Find("shop-green")!.Generation);
    }

    [Fact]
    public async Task PatchVersion_Shadow_ReachesTheGatewayAndIsTold()
    {
        await CreateAsync();
        await _workspace.EndOfAsync(await CreateVersionAsync("green", 0));

        var operation = await _workspace.EndOfAsync(await PatchVersionAsync("green", ("shadowPercentile", 12.5m)));

        Assert.Equal(OperationState.Succeeded, operation.State);
        Assert.Equal(12.5m, Traffic().Versions[1].ShadowPercentile);
        Assert.Equal(12.5m, (await GetAsync()).Versions[1].ShadowPercentile);
        using var refused = await PatchVersionAsync("green", ("trafficPercentile", 5m));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal((0m, 12.5m), ((await GetAsync()).Versions[1].TrafficPercentile, Traffic().Versions[1].ShadowPercentile));
    }

    [Fact]
    public async Task PatchVersion_NewDefault_MovesTheDefault()
    {
        await CreateAsync();
        await _workspace.EndOfAsync(await CreateVersionAsync("green", 0));

        await _workspace.EndOfAsync(await PatchVersionAsync("green", ("isDefault", true)));

        Assert.Equal("green", Traffic().DefaultVersion);
        await DeleteVersionAsync("shop");
        Assert.Equal(("green", "control"), ((await GetAsync()).Versions.Single().Name, (await GetAsync()).Versions.Single().VersionType));
        Assert.Null(_workspace.Compute.Find("shop-shop"));
    }

    [Fact]
    public async Task DeleteVersion_Default_IsRefused()
    {
        await CreateAsync();

        await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("endpoints/shop/versions/shop"), 409, ErrorCodes.VersionInUse);
        await TestWorkspace.RefusalAsync(
            _workspace.Http.DeleteAsync("endpoints/shop/versions/none"), 404, ErrorCodes.VersionNotFound);
    }

    [Fact]
    public async Task CreateVersion_SharesAbove100OrSevenOrTwice_IsRefused()
    {
        await CreateAsync();
        foreach (var name in new[] { "v2", "v3", "v4", "v5", "v6" })
        {
            await _workspace.EndOfAsync(await CreateVersionAsync(name, 20));
        }

        var seventh = await TestWorkspace.RefusalAsync(CreateVersionAsync("v7", 0), 400, ErrorCodes.InvalidArgument);
        Assert.Contains("v6", seventh.Message, StringComparison.Ordinal);
        await TestWorkspace.RefusalAsync(CreateVersionAsync("v6", 0), 409, ErrorCodes.VersionAlreadyExists);
        var above = await TestWorkspace.RefusalAsync(
            PatchVersionAsync("v6", ("trafficPercentile", 20.01m)), 400, ErrorCodes.InvalidArgument);
        Assert.Contains("at most 20", above.Message, StringComparison.Ordinal);
        Assert.Equal(20, (await GetAsync()).Versions[5].TrafficPercentile);
    }

    [Fact]
    public async Task Services_OfAnEndpoint_AreListedAndChangedThroughIt()
    {
        var request = await CreateRequestAsync();
        await CreateAsync();

        var services = await _workspace.GetAsync("services", ContractsJson.Default.PageServiceDto);
        Assert.Empty(services.Value);
        foreach (var name in new[] { "shop", "shop-shop" })
        {
            await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("services/" + name), 400, ErrorCodes.InvalidArgument);
            await TestWorkspace.RefusalAsync(
                _workspace.PatchAsync("services/" + name, new PatchStep("add", "/numReplicas", JsonValue.Create(2))),
                400, ErrorCodes.InvalidArgument);
            await TestWorkspace.RefusalAsync(
                _workspace.PostServiceAsync(request with { Name = name, Overwrite = true }), 400, ErrorCodes.InvalidArgument);
        }
    }

    [Fact]
    public async Task RegenerateKeys_OfTheEndpoint_OpensItsVersionsToo()
    {
        await CreateAsync();
        var before = Hashes("shop");

        using var answer = await _workspace.SendAsync(
            HttpMethod.Post, "services/shop/regenerateKeys", new RegenerateKeyRequest("Primary"), ContractsJson.Default.RegenerateKeyRequest);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.NotEqual(before[0], Hashes("shop")[0]);
        Assert.Equal(Hashes("shop"), Hashes("shop-shop"));
        await TestWorkspace.RefusalAsync(
            _workspace.SendAsync(
                HttpMethod.Post, "services/shop-shop/regenerateKeys", new RegenerateKeyRequest("Primary"),
                ContractsJson.Default.RegenerateKeyRequest),
            400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Patch_AuthenticationAndHeader_HoldForTheVersionsToo()
    {
        await CreateAsync();

        var operation = await _workspace.EndOfAsync(await _workspace.PatchAsync(
            "endpoints/shop",
            new PatchStep("add", "/authEnabled", JsonValue.Create(false)), new PatchStep("add", "/stickyHeader", JsonValue.Create("x-user"))));

        Assert.Equal(OperationState.Succeeded, operation.State);
        Assert.Equal("x-user", Traffic().StickyHeader);
        await Eventually.TrueAsync(
            () => Task.FromResult(!_workspace.Compute.Find("shop")!.Spec.AuthEnabled && !_workspace.Compute.Find("shop-shop")!.Spec.AuthEnabled),
            "both to be open");
        await TestWorkspace.RefusalAsync(
            _workspace.PatchAsync("endpoints/shop", new PatchStep("add", "/numReplicas", JsonValue.Create(2))), 400, ErrorCodes.InvalidArgument);
    }

    [Fact]
    public async Task Delete_Endpoint_RemovesAllVersionsAndFreesTheNames()
    {
        await CreateAsync();
        await _workspace.EndOfAsync(await CreateVersionAsync("green", 50));

        await _workspace.EndOfAsync(await _workspace.Http.DeleteAsync("endpoints/shop"));

        Assert.All(new[] { "shop", "shop-shop", "shop-green" }, name => Assert.Null(_workspace.Compute.Find(name)));
        await TestWorkspace.RefusalAsync(_workspace.Http.GetAsync("endpoints/shop"), 404, ErrorCodes.EndpointNotFound);
        await CreateAsync();
    }

    [Fact]
    public async Task CreateVersion_ServerEndsMeanwhile_TheNextOneGivesItItsShare()
    {
        await CreateAsync();
        _workspace.Compute.Hold = true;
        var operation = await Deployments.OperationOfAsync(await CreateVersionAsync("green", 25));
        await _workspace.Compute.WaitForStateAsync("shop-green", ServiceState.Transitioning);

        _workspace = await _workspace.RestartAsync();
        _workspace.Compute.Hold = false;
        _workspace.Compute.Settle("shop-green");

        Assert.Equal(OperationState.Succeeded, (await _workspace.EndOfAsync(operation)).State);
        Assert.Equal(25, Traffic().Versions[1].TrafficPercentile);
    }

    [Fact]
    public async Task Delete_WhileAVersionDeploys_IsRefusedUnlessForced()
    {
        await CreateAsync();
        _workspace.Compute.Hold = true;
        var deploying = await Deployments.OperationOfAsync(await CreateVersionAsync("green", 25));
        await _workspace.Compute.WaitForStateAsync("shop-green", ServiceState.Transitioning);

        await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("endpoints/shop"), 409, ErrorCodes.ServiceBusy);
        await TestWorkspace.RefusalAsync(_workspace.Http.DeleteAsync("endpoints/shop/versions/green"), 409, ErrorCodes.ServiceBusy);
        var deleted = await _workspace.EndOfAsync(await _workspace.Http.DeleteAsync("endpoints/shop?force=true"));

        Assert.Equal(OperationState.Succeeded, deleted.State);
        Assert.Equal(OperationState.Cancelled, (await _workspace.EndOfAsync(deploying)).State);
        await Eventually.TrueAsync(
            () => Task.FromResult(new[] { "shop", "shop-shop", "shop-green" }.All(name => _workspace.Compute.Find(name) is null)),
            "nothing to be left");
    }

    [Fact]
    public async Task Create_WithTokens_IssuesThemForTheEndpointAndItsVersions()
    {
        var request = await CreateRequestAsync();
        await _workspace.EndOfAsync(await _workspace.SendAsync(
            HttpMethod.Post, Routes.Endpoints,
            new CreateEndpointRequest
            {
                Name = "shop",
                AadAuthEnabled = true,
                EnvironmentImageRequest = request.EnvironmentImageRequest,
            },
            ContractsJson.Default.CreateEndpointRequest));

        foreach (var name in new[] { "shop", "shop-shop" })
        {
            using var answer = await _workspace.Http.PostAsync($"services/{name}/token", null);
            Assert.Equal(201, (int)answer.StatusCode);
            Assert.NotNull(_workspace.Compute.Find(name)!.Secret.Tokens);
        }

        Assert.Equal((false, true), ((await GetAsync()).AuthEnabled, (await GetAsync()).AadAuthEnabled));
    }

    [Fact]
    public async Task Create_NameOfAService_IsRefused()
    {
        var request = await CreateRequestAsync();
        await _workspace.DeployRequestAsync(request with { Name = "shop-shop" });

        await TestWorkspace.RefusalAsync(PostAsync(request), 409, ErrorCodes.ServiceAlreadyExists);
    }

    private async Task<EndpointDto> CreateAsync()
    {
        var operation = await _workspace.EndOfAsync(await PostAsync(await CreateRequestAsync()));
        Assert.Equal(OperationState.Succeeded, operation.State);
        return await GetAsync();
    }

    private Task<CreateServiceRequest> CreateRequestAsync() => _workspace.RequestAsync("shop");

    private Task<HttpResponseMessage> PostAsync(CreateServiceRequest request) => _workspace.SendAsync(
        HttpMethod.Post, Routes.Endpoints,
        new CreateEndpointRequest { Name = request.Name, EnvironmentImageRequest = request.EnvironmentImageRequest },
        ContractsJson.Default.CreateEndpointRequest);

    private async Task<HttpResponseMessage> CreateVersionAsync(string name, decimal share) => await _workspace.SendAsync(
        HttpMethod.Post, "endpoints/shop/versions",
        new CreateVersionRequest
        {
            Name = name,
            TrafficPercentile = share,
            EnvironmentImageRequest = (await _workspace.RequestAsync(name)).EnvironmentImageRequest,
        },
        ContractsJson.Default.CreateVersionRequest);

    private Task<HttpResponseMessage> PatchVersionAsync(string name, (string Member, object Value) change) => _workspace.PatchAsync(
        "endpoints/shop/versions/" + name,
        new PatchStep("add", "/" + change.Member, change.Value is bool flag ? JsonValue.Create(flag) : JsonValue.Create((decimal)change.Value)));

    private async Task DeleteVersionAsync(string name) => Assert.Equal(
        OperationState.Succeeded,
        (await _workspace.EndOfAsync(await _workspace.Http.DeleteAsync("endpoints/shop/versions/" + name))).State);

    private Task<EndpointDto> GetAsync() => _workspace.GetAsync("endpoints/shop", ContractsJson.Default.EndpointDto);

    private TrafficSplit Traffic() => _workspace.Compute.Find("shop")!.Spec.Traffic!;

    private IReadOnlyList<string> Hashes(string service) => _workspace.Compute.Find(service)!.Secret.KeyHashes;
}
