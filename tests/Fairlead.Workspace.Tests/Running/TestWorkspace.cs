using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>A workspace as the host composes it: real Kestrel, a real database, a fake compute target.</summary>
internal sealed class TestWorkspace : IAsyncDisposable
{
    /// <summary>The token of workspaces that share their work.</summary>
    public const string SharedToken = "a-token-that-all-of-them-take";

    private readonly WebApplication _app;

    private TestWorkspace(WebApplication app, TestFolder data, FakeComputeTarget compute, HttpClient http)
    {
        (_app, Data, Compute, Http) = (app, data, compute, http);
    }

    public TestFolder Data { get; }

    public FakeComputeTarget Compute { get; }

    /// <summary>The clusters there are to attach.</summary>
    public FakeClusterConnector Clusters { get; private init; } = new();

    /// <summary>Sends the admin token; paths are relative to the workspace's base.</summary>
    public HttpClient Http { get; }

    public Uri Root => new(Http.BaseAddress!.GetLeftPart(UriPartial.Authority));

    public IServiceProvider Services => _app.Services;

    public static async Task<TestWorkspace> StartAsync(
        TestFolder? data = null, FakeComputeTarget? compute = null, Action<WorkspaceOptions>? configure = null,
        TimeProvider? time = null, FakeClusterConnector? clusters = null, bool isShared = false)
    {
        data ??= new TestFolder();
        clusters ??= new FakeClusterConnector();
        compute ??= new FakeComputeTarget();
        var database = await TestDatabases.OfAsync(data);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddFairleadWorkspace(options =>
        {
            options.DataDirectory = data.Path;
            options.Database.ConnectionString = database;
            if (isShared)
            {
                options.AdminTokenFile = Path.Combine(data.Path, "admin-token");
                File.WriteAllText(options.AdminTokenFile, SharedToken + "\n");
            }

            configure?.Invoke(options);
        }, isShared);
        builder.Services.AddSingleton<IComputeTarget>(compute);
        builder.Services.AddSingleton<IClusterConnector>(clusters);
        var app = builder.Build();
        app.MapFairleadWorkspace();
        await app.StartAsync();

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var http = new HttpClient { BaseAddress = new Uri(address + Routes.Base() + "/"), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(Path.Combine(data.Path, "admin-token"))).Trim());
        return new TestWorkspace(app, data, compute, http) { Clusters = clusters };
    }

    /// <summary>Ends the process, as far as a test can, and starts another on the same folder.</summary>
    public async Task<TestWorkspace> RestartAsync(FakeComputeTarget? compute = null)
    {
        await StopAsync();
        return await StartAsync(Data, compute ?? Compute, clusters: Clusters);
    }

    public async Task StopAsync()
    {
        Http.Dispose();
        await StopServerAsync();
    }

    /// <summary>Ends the server while the client's requests may still run.</summary>
    public async Task StopServerAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Data.Dispose();
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type) =>
        await ReadAsync(await Http.GetAsync(path.TrimStart('/')), type);

    public async Task<T> SendAsync<TBody, T>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type) =>
        await ReadAsync(await SendAsync(method, path, body, bodyType), type);

    public Task<HttpResponseMessage> SendAsync<TBody>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType) =>
        Http.SendAsync(new HttpRequestMessage(method, path.TrimStart('/')) { Content = JsonContent.Create(body, bodyType) });

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type)
    {
        Assert.True(
            response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync(type))!;
    }

    /// <summary>The refusal, with its status and media type checked.</summary>
    public static async Task<ProblemDto> RefusalAsync(Task<HttpResponseMessage> sending, int status, string code)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = System.Text.Json.JsonSerializer.Deserialize(text, ContractsJson.Default.ProblemDto)!;
        Assert.Equal((code, status, status), (problem.Code, problem.Status, problem.StatusCode));
        Assert.NotEmpty(problem.Message!);
        return problem;
    }

    /// <summary>Uploads files and names them as a folder.</summary>
    public async Task<AssetDto> UploadAsync(string kind, params (string Path, string Content)[] files)
    {
        var entries = new List<ManifestFile>();
        foreach (var (path, content) in files)
        {
            var bytes = Encoding.UTF8.GetBytes(content);
            entries.Add(new ManifestFile(path, bytes.Length, await UploadAsync(bytes)));
        }

        return await SendAsync(
            HttpMethod.Post,
            kind,
            new CreateAssetRequest { Manifest = new FileManifest(entries) },
            ContractsJson.Default.CreateAssetRequest,
            ContractsJson.Default.AssetDto);
    }

    public async Task<ModelDto> RegisterModelAsync(
        string name,
        string? framework = null,
        AssetDto? asset = null,
        Dictionary<string, string>? tags = null,
        Dictionary<string, string>? properties = null,
        string? runId = null)
    {
        asset ??= await UploadAsync(Routes.Assets, ("model.bin", "12345"));
        return await SendAsync(
            HttpMethod.Post,
            Routes.Models,
            new CreateModelRequest
            {
                Name = name,
                Url = asset.Url,
                Framework = framework,
                KvTags = tags,
                Properties = properties,
                RunId = runId,
            },
            ContractsJson.Default.CreateModelRequest,
            ContractsJson.Default.ModelDto);
    }

    public Task<HttpResponseMessage> PatchAsync(string path, params PatchStep[] steps) => Http.PatchAsync(
        path,
        JsonContent.Create(
            steps, ContractsJson.Default.IReadOnlyListPatchStep, new MediaTypeHeaderValue("application/json-patch+json")));

    /// <summary>Registers a model that needs no script, once.</summary>
    public async Task<CreateServiceRequest> RequestAsync(string name, Func<CreateServiceRequest, CreateServiceRequest>? change = null)
    {
        using var known = await Http.GetAsync("models/iris:1");
        if (!known.IsSuccessStatusCode)
        {
            await RegisterModelAsync("iris", "Onnx");
        }

        var request = new CreateServiceRequest
        {
            Name = name,
            ComputeType = "local",
            EnvironmentImageRequest = new EnvironmentImageRequest { ModelIds = ["iris"] },
        };
        return change?.Invoke(request) ?? request;
    }

    public Task<HttpResponseMessage> PostAsync(CreateServiceRequest request) =>
        SendAsync(HttpMethod.Post, Routes.Services, request, ContractsJson.Default.CreateServiceRequest);

    /// <summary>Deploys and waits for the operation's end.</summary>
    public async Task<(ServiceDto Service, OperationDto Operation)> DeployAsync(
        string name, Func<CreateServiceRequest, CreateServiceRequest>? change = null)
    {
        var operation = await EndAsync(await PostAsync(await RequestAsync(name, change)));
        return (await GetServiceAsync(name), operation);
    }

    public Task<ServiceDto> GetServiceAsync(string name) => GetAsync("services/" + name, ContractsJson.Default.ServiceDto);

    public Task<OperationDto> GetOperationAsync(string id) => GetAsync("operations/" + id, ContractsJson.Default.OperationDto);

    /// <summary>Waits for the end of the operation an answer points to.</summary>
    public async Task<OperationDto> EndAsync(HttpResponseMessage accepted)
    {
        Assert.True((int)accepted.StatusCode == 202, await accepted.Content.ReadAsStringAsync());
        return await EndAsync(accepted.Headers.GetValues("Operation-Location").Single().Split('/')[^1]);
    }

    public async Task<OperationDto> EndAsync(string id)
    {
        OperationDto operation = null!;
        await Eventually.TrueAsync(
            async () => (operation = await GetOperationAsync(id)).EndTime is not null, "the end of the operation");
        return operation;
    }

    public async Task<string> UploadAsync(byte[] content)
    {
        var digest = Digest.Of(SHA256.HashData(content));
        using var response = await Http.PutAsync("blobs/" + digest, new ByteArrayContent(content));
        Assert.Equal(201, (int)response.StatusCode);
        return digest;
    }
}
