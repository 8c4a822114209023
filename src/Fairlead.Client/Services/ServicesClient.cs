using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Http;
using Fairlead.Contracts;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Services;

/// <summary>The services of a workspace.</summary>
public sealed class ServicesClient
{
    private readonly WorkspaceConnection _connection;

    internal ServicesClient(WorkspaceConnection connection) => _connection = connection;

    /// <summary>Starts a deployment.</summary>
    public async Task<AcceptedService> CreateAsync(CreateServiceRequest request, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _connection.Url(Routes.Services))
        {
            Content = WorkspaceConnection.Json(request, ContractsJson.Default.CreateServiceRequest),
        };
        using var response = await _connection.SendAsync(message, cancellationToken);
        return await AcceptedAsync(response, cancellationToken);
    }

    /// <summary>Starts an update: a JSON Patch over <see cref="ServiceSettingsDto"/>.</summary>
    public async Task<AcceptedService> UpdateAsync(
        string name, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        using var response = await _connection.SendPatchAsync(Path(name), steps, cancellationToken);
        return await AcceptedAsync(response, cancellationToken);
    }

    /// <summary>Starts a deletion; null when it was done at once.</summary>
    /// <param name="name">The service.</param>
    /// <param name="force">Cancels a create or update that runs; else that is refused with 409.</param>
    public async Task<string?> DeleteAsync(string name, bool force, CancellationToken cancellationToken)
    {
        var query = new Query().Add("force", force ? "true" : null);
        var request = new HttpRequestMessage(HttpMethod.Delete, _connection.Url(Path(name) + query));
        using var response = await _connection.SendAsync(request, cancellationToken);
        return response.OperationId();
    }

    /// <summary>The services a filter lets through.</summary>
    public Task<IReadOnlyList<ServiceDto>> ListAsync(ServiceFilter filter, CancellationToken cancellationToken)
    {
        var query = new Query()
            .Add("computeType", filter.ComputeType)
            .Add("modelName", filter.ModelName)
            .Add("modelId", filter.ModelId)
            .AddFilters("tags", filter.Tags)
            .AddFilters("properties", filter.Properties);
        return _connection.ListAsync(Routes.Services + query, ContractsJson.Default.PageServiceDto, cancellationToken);
    }

    /// <summary>A service as it is now.</summary>
    public Task<ServiceDto> GetAsync(string name, CancellationToken cancellationToken) =>
        _connection.GetAsync(Path(name), ContractsJson.Default.ServiceDto, cancellationToken);

    /// <summary>Its two keys.</summary>
    public async Task<AuthKeysDto> GetKeysAsync(string name, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _connection.Url(Path(name) + "/listkeys"));
        using var response = await _connection.SendAsync(request, cancellationToken);
        return await WorkspaceConnection.ReadAsync(response, ContractsJson.Default.AuthKeysDto, cancellationToken);
    }

    /// <summary>Replaces a key.</summary>
    public Task<AuthKeysDto> RegenerateKeyAsync(
        string name, RegenerateKeyRequest request, CancellationToken cancellationToken) => _connection.SendAsync(
        HttpMethod.Post,
        Path(name) + "/regenerateKeys",
        request,
        ContractsJson.Default.RegenerateKeyRequest,
        ContractsJson.Default.AuthKeysDto,
        cancellationToken);

    /// <summary>A token for a service with token authentication.</summary>
    public async Task<AccessTokenDto> GetTokenAsync(string name, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _connection.Url(Path(name) + "/token"));
        using var response = await _connection.SendAsync(request, cancellationToken);
        return await WorkspaceConnection.ReadAsync(response, ContractsJson.Default.AccessTokenDto, cancellationToken);
    }

    /// <summary>What opens a service: its primary key, or a new token; null when it asks for neither.</summary>
    public async Task<string?> GetCredentialAsync(ServiceDto service, CancellationToken cancellationToken) =>
        service.AadAuthEnabled ? (await GetTokenAsync(service.Name, cancellationToken)).AccessToken
        : service.AuthEnabled ? (await GetKeysAsync(service.Name, cancellationToken)).PrimaryKey
        : null;

    /// <summary>
    /// The last lines of the replicas' logs, oldest first; then each new one when following, until cancelled.
    /// </summary>
    public async IAsyncEnumerable<string> ReadLogsAsync(
        string name, int lines, bool follow, bool init, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new Query()
            .Add("lines", lines.ToString(CultureInfo.InvariantCulture))
            .Add("follow", follow ? "true" : null)
            .Add("init", init ? "true" : null);
        var request = new HttpRequestMessage(HttpMethod.Get, _connection.Url(Path(name) + "/logs" + query));
        using var response = await _connection.SendAsync(request, cancellationToken);
        var isJson = response.Content.Headers.ContentType?.MediaType is "application/x-ndjson" or "application/jsonl";
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return isJson ? TextOf(line) : line;
        }
    }

    /// <summary>Scores through the gateway, as any client does.</summary>
    /// <param name="scoringUri">The service's <c>scoringUri</c>.</param>
    /// <param name="key">A service key or token; null sends none.</param>
    /// <param name="body">Streamed.</param>
    /// <param name="mediaType">For example <c>application/json</c>.</param>
    public async Task<ScoringAnswer> ScoreAsync(
        Uri scoringUri, string? key, Stream body, string mediaType, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, scoringUri) { Content = new StreamContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var response = await _connection.SendAsync(request, cancellationToken, _ => true, authorize: false);
        return new ScoringAnswer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(cancellationToken),
            response.Header("x-ms-request-id"),
            response.Header(ScoringHostHeaders.AnsweredByGateway));
    }

    private static string Path(string name) => $"{Routes.Services}/{Segment.Of(name)}";

    private static async Task<AcceptedService> AcceptedAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var service = text.Length == 0 ? null : JsonSerializer.Deserialize(text, ContractsJson.Default.ServiceDto);
        return new AcceptedService(service, response.OperationId() ?? service?.OperationId);
    }

    private static string TextOf(string line)
    {
        var entry = JsonNode.Parse(line);
        return $"{entry?["replica"]?.GetValue<string>()} {entry?["text"]?.GetValue<string>()}";
    }
}
