using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Storage;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Sharing;

/// <summary>A workspace in a process of its own.</summary>
internal sealed class ReplicaProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ReplicaProcess(Process process) => _process = process;

    public HttpClient Http { get; private set; } = null!;

    public string Output => string.Join('\n', _output);

    public static async Task<ReplicaProcess> StartAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var replica = new ReplicaProcess(Process.Start(start)!);
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
            {
                address.TrySetException(new InvalidOperationException("The workspace ended: " + replica.Output));
                return;
            }

            replica._output.Enqueue(line.Data);
            if (line.Data.StartsWith("address ", StringComparison.Ordinal))
            {
                address.TrySetResult(line.Data["address ".Length..]);
            }
        }

        replica._process.OutputDataReceived += Take;
        replica._process.ErrorDataReceived += Take;
        replica._process.BeginOutputReadLine();
        replica._process.BeginErrorReadLine();
        replica.Http = new HttpClient { BaseAddress = new Uri(await address.Task.WaitAsync(Limit) + Routes.Base() + "/") };
        replica.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestWorkspace.SharedToken);
        return replica;
    }

    /// <summary>As a machine that loses its power.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Limit);
    }

    /// <summary>As an orderly end: SIGTERM.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Limit);
        await _process.WaitForExitAsync().WaitAsync(Limit);
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type) => await TestWorkspace.ReadAsync(await Http.GetAsync(path), type);

    /// <summary>Uploads and registers a model that needs no script.</summary>
    public async Task<ModelDto> RegisterAsync(string name)
    {
        byte[] content = [1, 2, 3];
        var digest = Digest.Of(SHA256.HashData(content));
        using var put = await Http.PutAsync("blobs/" + digest, new ByteArrayContent(content));
        Assert.Equal(201, (int)put.StatusCode);
        var asset = await SendAsync(
            "assets", new CreateAssetRequest { Manifest = new FileManifest([new ManifestFile("model.onnx", 3, digest)]) },
            ContractsJson.Default.CreateAssetRequest, ContractsJson.Default.AssetDto);
        return await SendAsync(
            "models", new CreateModelRequest { Name = name, Url = asset.Url, Framework = "Onnx" },
            ContractsJson.Default.CreateModelRequest, ContractsJson.Default.ModelDto);
    }

    public Task<HttpResponseMessage> DeployAsync(string name) => Http.PostAsync("services", JsonContent.Create(
        new CreateServiceRequest
        {
            Name = name,
            ComputeType = "AKS",
            EnvironmentImageRequest = new EnvironmentImageRequest { ModelIds = ["iris"] },
        },
        ContractsJson.Default.CreateServiceRequest));

    public async Task<OperationDto> EndOfAsync(string operation)
    {
        OperationDto? dto = null;
        await Eventually.TrueAsync(
            async () => (dto = await GetAsync(operation, ContractsJson.Default.OperationDto)).EndTime is not null, "the operation to end");
        return dto!;
    }

    public Task<AuthKeysDto> KeysAsync(string service) => SendAsync(
        $"services/{service}/listkeys", new Dictionary<string, string>(), ContractsJson.Default.DictionaryStringString, ContractsJson.Default.AuthKeysDto);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Http.Dispose();
        _process.Dispose();
    }

    private async Task<T> SendAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type) =>
        await TestWorkspace.ReadAsync(await Http.PostAsync(path, JsonContent.Create(body, bodyType)), type);
}
