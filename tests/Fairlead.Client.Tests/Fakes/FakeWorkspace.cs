using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Client.Tests.Fakes;

/// <summary>A workspace in memory over real HTTP: it keeps what it is given and answers as the contracts say.</summary>
internal sealed class FakeWorkspace : IAsyncDisposable
{
    public const string Token = "test-token";

    private readonly HttpListener _listener = new();
    private readonly Task _loop;
    private readonly ConcurrentDictionary<string, OperationDto> _operations = new();

    public FakeWorkspace()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
        }

        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _loop = LoopAsync();
    }

    public Uri Url { get; }

    public FakeBlobs Blobs { get; } = new();

    public ConcurrentDictionary<string, ModelDto> Models { get; } = new();

    public ConcurrentDictionary<string, ServiceDto> Services { get; } = new();

    public ConcurrentDictionary<string, EnvironmentDto> Environments { get; } = new();

    public ConcurrentDictionary<string, AuthKeysDto> Keys { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The newest service request, for what was asked in detail.</summary>
    public CreateServiceRequest? LastCreate { get; private set; }

    public IReadOnlyList<PatchStep>? LastPatch { get; private set; }

    /// <summary>When set, deployments end with it.</summary>
    public ErrorDocument? FailDeployments { get; set; }

    public IReadOnlyList<string> Logs { get; set; } = ["first line", "second line"];

    public FairleadClient NewClient(string? token = Token) => new(new FairleadClientOptions { Endpoint = Url, Token = token });

    public static async Task ProblemAsync(HttpListenerContext http, int status, string code, string message)
    {
        var problem = new ProblemDto { Status = status, StatusCode = status, Code = code, Message = message, Title = code };
        http.Response.StatusCode = status;
        await AnswerAsync(http, problem, ContractsJson.Default.ProblemDto, "application/problem+json");
    }

    public async ValueTask DisposeAsync()
    {
        // Closing looks its address up again and may find the port taken by then: it is stopped all the same.
        try
        {
            _listener.Close();
        }
        catch (HttpListenerException)
        {
            _listener.Abort();
        }

        await _loop;
    }

    private async Task LoopAsync()
    {
        var running = new List<Task>();
        while (_listener.IsListening)
        {
            try
            {
                var http = await _listener.GetContextAsync();
                running.Add(Task.Run(() => HandleSafelyAsync(http)));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(running);
    }

    private async Task HandleSafelyAsync(HttpListenerContext http)
    {
        try
        {
            await HandleAsync(http);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The other side went away.
        }
        catch (Exception e)
        {
            await ProblemAsync(http, 500, "FakeIsWrong", e.ToString());
        }
    }

    private async Task HandleAsync(HttpListenerContext http)
    {
        var path = http.Request.Url!.AbsolutePath;
        Requests.Enqueue($"{http.Request.HttpMethod} {http.Request.Url.PathAndQuery}");
        if (path.StartsWith("/api/v1/service/", StringComparison.Ordinal))
        {
            await ScoreAsync(http, path.Split('/')[4]);
            return;
        }

        if (http.Request.Headers["Authorization"] != "Bearer " + Token)
        {
            http.Response.StatusCode = 401;
            http.Response.Close();
            return;
        }

        var parts = path[Routes.Base().Length..].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        var json = ContractsJson.Default;
        switch (http.Request.HttpMethod, parts)
        {
            case ("POST", ["blobs", "missing"]):
                await AnswerAsync(http, Blobs.Missing((await ReadAsync(http, json.MissingBlobsRequest)).Digests), json.MissingBlobsResponse);
                break;
            case (_, ["blobs", var digest]):
                await Blobs.HandleAsync(http, digest);
                break;
            case ("POST", ["assets"] or ["snapshots"]):
                await AnswerAsync(http, Blobs.Store(await ReadAsync(http, json.CreateAssetRequest)), json.AssetDto);
                break;
            case ("POST", ["models"]):
                await AnswerAsync(http, Register(await ReadAsync(http, json.CreateModelRequest)), json.ModelDto);
                break;
            case ("GET", ["models"]):
                var name = http.Request.QueryString["name"];
                await AnswerAsync(http, new Page<ModelDto>([.. Models.Values.Where(model => name is null || model.Name == name).OrderByDescending(model => model.Version)]), json.PageModelDto);
                break;
            case ("PATCH", ["models", var id]) when Models.TryGetValue(id, out var model):
                LastPatch = await ReadAsync(http, json.IReadOnlyListPatchStep);
                await AnswerAsync(http, model, json.ModelDto);
                break;
            case ("DELETE", ["models", var id]) when Models.TryRemove(id, out _):
                http.Response.Close();
                break;
            case ("GET", ["models", var id]) when Models.TryGetValue(id, out var model):
                await AnswerAsync(http, model, json.ModelDto);
                break;
            case (_, ["models", var id]):
                await ProblemAsync(http, 404, ErrorCodes.ModelNotFound, $"there is no model '{id}'");
                break;
            case ("PUT", ["environments", var id]):
                var definition = await ReadAsync(http, json.EnvironmentDefinition);
                await AnswerAsync(http, Environments[id] = new EnvironmentDto(id, "1", definition with { Version = "1" }, new string('0', 64), default), json.EnvironmentDto);
                break;
            case ("GET", ["environments"]):
                await AnswerAsync(http, new Page<EnvironmentDto>([.. Environments.Values]), json.PageEnvironmentDto);
                break;
            case ("GET", ["environments", var id, ..]) when Environments.TryGetValue(id, out var environment):
                await AnswerAsync(http, environment, json.EnvironmentDto);
                break;
            case (_, ["environments", var id, ..]):
                await ProblemAsync(http, 404, ErrorCodes.EnvironmentNotFound, $"there is no environment '{id}'");
                break;
            case ("GET", ["computes"]):
                await AnswerAsync(http, new Page<ComputeDto>([new ComputeDto("local", "LOCAL", Url.AbsoluteUri)]), json.PageComputeDto);
                break;
            case ("GET", ["operations", var id]):
                await AnswerAsync(http, _operations[id], json.OperationDto);
                break;
            case ("POST", ["services"]):
                await CreateAsync(http, await ReadAsync(http, json.CreateServiceRequest));
                break;
            case ("GET", ["endpoints"]):
                await AnswerAsync(http, new Page<EndpointDto>([]), json.PageEndpointDto);
                break;
            case ("GET", ["services"]):
                await AnswerAsync(http, new Page<ServiceDto>([.. Services.Values]), json.PageServiceDto);
                break;
            case (_, ["services", var id, ..]) when !Services.ContainsKey(id):
                await ProblemAsync(http, 404, ErrorCodes.ServiceNotFound, $"there is no service '{id}'");
                break;
            case ("GET", ["services", var id]):
                await AnswerAsync(http, Services[id], json.ServiceDto);
                break;
            case ("DELETE", ["services", var id]):
                Services.TryRemove(id, out _);
                http.Response.StatusCode = 204;
                http.Response.Close();
                break;
            case ("PATCH", ["services", var id]):
                LastPatch = await ReadAsync(http, json.IReadOnlyListPatchStep);
                await AcceptAsync(http, Services[id]);
                break;
            case ("POST", ["services", var id, "listkeys"]):
                await AnswerAsync(http, Keys[id], json.AuthKeysDto);
                break;
            case ("POST", ["services", var id, "regenerateKeys"]):
                var regenerate = await ReadAsync(http, json.RegenerateKeyRequest);
                var value = regenerate.KeyValue ?? "new-key";
                Keys[id] = regenerate.KeyType == "Primary" ? Keys[id] with { PrimaryKey = value } : Keys[id] with { SecondaryKey = value };
                await AnswerAsync(http, Keys[id], json.AuthKeysDto);
                break;
            case ("POST", ["services", var id, "token"]):
                http.Response.StatusCode = 201;
                await AnswerAsync(
                    http, new AccessTokenDto { AccessToken = TokenOf(id), ExpiryOn = 2_000_000_000, RefreshAfter = 1_900_000_000 }, json.AccessTokenDto);
                break;
            case ("GET", ["services", _, "logs"]):
                await TextAsync(http, string.Join('\n', Logs) + "\n", "text/plain");
                break;
            default:
                await ProblemAsync(http, 404, "NoSuchRoute", $"{http.Request.HttpMethod} {path} is not of the contract");
                break;
        }
    }

    private ModelDto Register(CreateModelRequest request)
    {
        var version = 1 + Models.Values.Where(model => model.Name == request.Name).Select(model => model.Version).DefaultIfEmpty().Max();
        return Models[$"{request.Name}:{version}"] = new ModelDto
        {
            Id = $"{request.Name}:{version}",
            Name = request.Name,
            Version = version,
            Url = request.Url,
            MimeType = request.MimeType ?? "",
            Framework = request.Framework,
            Description = request.Description,
            KvTags = request.KvTags ?? new Dictionary<string, string>(),
            Properties = request.Properties ?? new Dictionary<string, string>(),
            Unpack = request.Unpack,
            CreatedTime = DateTimeOffset.UnixEpoch,
            ModifiedTime = DateTimeOffset.UnixEpoch,
        };
    }

    private async Task CreateAsync(HttpListenerContext http, CreateServiceRequest request)
    {
        LastCreate = request;
        if (Services.ContainsKey(request.Name) && !request.Overwrite)
        {
            await ProblemAsync(http, 409, ErrorCodes.ServiceAlreadyExists, $"service '{request.Name}' exists already");
            return;
        }

        Keys[request.Name] = new AuthKeysDto(request.Keys?.PrimaryKey ?? "primary-key", request.Keys?.SecondaryKey ?? "secondary-key");
        var service = new ServiceDto
        {
            Id = request.Name,
            Name = request.Name,
            ComputeType = request.ComputeType,
            ComputeName = request.ComputeName ?? "local",
            State = FailDeployments is null ? ServiceState.Healthy : ServiceState.Failed,
            CreatedTime = DateTimeOffset.UnixEpoch,
            UpdatedTime = DateTimeOffset.UnixEpoch,
            KvTags = request.KvTags ?? new Dictionary<string, string>(),
            Properties = request.Properties ?? new Dictionary<string, string>(),
            ScoringUri = new Uri(Url, $"/api/v1/service/{request.Name}/score").AbsoluteUri,
            SwaggerUri = new Uri(Url, $"/api/v1/service/{request.Name}/swagger.json").AbsoluteUri,
            DeploymentStatus = new DeploymentStatusDto { DesiredReplicas = 1, AvailableReplicas = 1 },
            EnvironmentImageRequest = request.EnvironmentImageRequest,
            AutoScaler = new AutoScaler(),
            ContainerResourceRequirements = new ContainerResourceRequirements(),
            LivenessProbeRequirements = new LivenessProbeRequirements(),
            Rollout = new RolloutStrategy(),
            DataCollection = new DataCollection(),
            AuthEnabled = request.AuthEnabled ?? request.AadAuthEnabled != true,
            AadAuthEnabled = request.AadAuthEnabled ?? false,
        };
        Services[request.Name] = service;
        await AcceptAsync(http, service);
    }

    private async Task AcceptAsync(HttpListenerContext http, ServiceDto service)
    {
        var id = Guid.NewGuid().ToString("N");
        _operations[id] = new OperationDto
        {
            Id = id,
            OperationType = "Service",
            State = FailDeployments is null ? OperationState.Succeeded : OperationState.Failed,
            CreatedTime = DateTimeOffset.UnixEpoch,
            Error = FailDeployments,
        };
        http.Response.StatusCode = 202;
        http.Response.Headers["Operation-Location"] = $"{Url.AbsoluteUri.TrimEnd('/')}{Routes.Base()}/operations/{id}";
        await AnswerAsync(http, service, ContractsJson.Default.ServiceDto);
    }

    private static string TokenOf(string service) => "token-of-" + service;

    // Answers what it was asked, so that a test sees that body and key went through.
    private async Task ScoreAsync(HttpListenerContext http, string service)
    {
        var credential = Services[service].AadAuthEnabled ? TokenOf(service) : Keys[service].PrimaryKey;
        if (http.Request.Headers["Authorization"] != "Bearer " + credential)
        {
            http.Response.StatusCode = 401;
            http.Response.Headers["x-fairlead-gateway"] = "unauthorized";
            await TextAsync(http, "the key is wrong", "text/plain");
            return;
        }

        using var reader = new StreamReader(http.Request.InputStream);
        var body = JsonNode.Parse(await reader.ReadToEndAsync());
        await TextAsync(http, new JsonObject { ["result"] = body?["data"]?.DeepClone() }.ToJsonString(), "application/json");
    }

    private static async Task<T> ReadAsync<T>(HttpListenerContext http, JsonTypeInfo<T> type) =>
        (await JsonSerializer.DeserializeAsync(http.Request.InputStream, type))!;

    private static Task AnswerAsync<T>(HttpListenerContext http, T body, JsonTypeInfo<T> type, string media = "application/json") =>
        TextAsync(http, JsonSerializer.Serialize(body, type), media);

    private static async Task TextAsync(HttpListenerContext http, string text, string media)
    {
        http.Response.ContentType = media;
        await http.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        http.Response.Close();
    }
}
