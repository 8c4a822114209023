using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Client.Http;
using Fairlead.Client.Services;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Endpoints;

/// <summary>The endpoints of a workspace. Keys, tokens and logs are those of the services of the same names.</summary>
public sealed class EndpointsClient
{
    private readonly WorkspaceConnection _connection;

    internal EndpointsClient(WorkspaceConnection connection) => _connection = connection;

    /// <summary>Makes an endpoint and starts the deployment of its first version.</summary>
    public Task<AcceptedEndpoint> CreateAsync(CreateEndpointRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Endpoints, request, ContractsJson.Default.CreateEndpointRequest, cancellationToken);

    /// <summary>Starts the deployment of another version.</summary>
    public Task<AcceptedEndpoint> CreateVersionAsync(
        string endpoint, CreateVersionRequest request, CancellationToken cancellationToken) =>
        PostAsync(Path(endpoint) + "/versions", request, ContractsJson.Default.CreateVersionRequest, cancellationToken);

    /// <summary>Starts an update of what belongs to the endpoint itself.</summary>
    public async Task<AcceptedEndpoint> UpdateAsync(
        string endpoint, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        using var response = await _connection.SendPatchAsync(Path(endpoint), steps, cancellationToken);
        return await AcceptedAsync(response, cancellationToken);
    }

    /// <summary>Starts an update of a version: a JSON Patch over <see cref="EndpointVersionSettingsDto"/>.</summary>
    public async Task<AcceptedEndpoint> UpdateVersionAsync(
        string endpoint, string version, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        using var response = await _connection.SendPatchAsync(Path(endpoint, version), steps, cancellationToken);
        return await AcceptedAsync(response, cancellationToken);
    }

    /// <summary>Starts the deletion of an endpoint with all its versions.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="force">Cancels what runs on it; else that is refused with 409.</param>
    /// <returns>The operation.</returns>
    public Task<string?> DeleteAsync(string endpoint, bool force, CancellationToken cancellationToken) =>
        DeletePathAsync(Path(endpoint), force, cancellationToken);

    /// <summary>Starts the deletion of a version that is not the default.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="version">The version.</param>
    /// <param name="force">Cancels a deployment of it that runs; else that is refused with 409.</param>
    /// <returns>The operation.</returns>
    public Task<string?> DeleteVersionAsync(string endpoint, string version, bool force, CancellationToken cancellationToken) =>
        DeletePathAsync(Path(endpoint, version), force, cancellationToken);

    /// <summary>An endpoint as it is now.</summary>
    public Task<EndpointDto> GetAsync(string endpoint, CancellationToken cancellationToken) =>
        _connection.GetAsync(Path(endpoint), ContractsJson.Default.EndpointDto, cancellationToken);

    /// <summary>The endpoints a filter lets through; their compute type is always the same.</summary>
    public Task<IReadOnlyList<EndpointDto>> ListAsync(ServiceFilter filter, CancellationToken cancellationToken)
    {
        var query = new Query()
            .Add("modelName", filter.ModelName)
            .Add("modelId", filter.ModelId)
            .AddFilters("tags", filter.Tags)
            .AddFilters("properties", filter.Properties);
        return _connection.ListAsync(Routes.Endpoints + query, ContractsJson.Default.PageEndpointDto, cancellationToken);
    }

    private static string Path(string endpoint) => $"{Routes.Endpoints}/{Segment.Of(endpoint)}";

    private static string Path(string endpoint, string version) => $"{Path(endpoint)}/versions/{Segment.Of(version)}";

    private async Task<AcceptedEndpoint> PostAsync<T>(
        string path, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _connection.Url(path)) { Content = WorkspaceConnection.Json(request, type) };
        using var response = await _connection.SendAsync(message, cancellationToken);
        return await AcceptedAsync(response, cancellationToken);
    }

    private async Task<string?> DeletePathAsync(string path, bool force, CancellationToken cancellationToken)
    {
        var query = new Query().Add("force", force ? "true" : null);
        var request = new HttpRequestMessage(HttpMethod.Delete, _connection.Url(path + query));
        using var response = await _connection.SendAsync(request, cancellationToken);
        return response.OperationId();
    }

    private static async Task<AcceptedEndpoint> AcceptedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return new AcceptedEndpoint(
            JsonSerializer.Deserialize(text, ContractsJson.Default.EndpointDto)!, response.OperationId()!);
    }
}

/// <summary>A change of an endpoint that the workspace took on.</summary>
/// <param name="Endpoint">As it was then.</param>
/// <param name="OperationId">To wait for.</param>
public sealed record AcceptedEndpoint(EndpointDto Endpoint, string OperationId);
