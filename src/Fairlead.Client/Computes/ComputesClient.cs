using Fairlead.Client.Http;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;

namespace Fairlead.Client.Computes;

/// <summary>The compute targets of a workspace.</summary>
public sealed class ComputesClient
{
    private readonly WorkspaceConnection _connection;

    internal ComputesClient(WorkspaceConnection connection) => _connection = connection;

    /// <summary>All of them.</summary>
    public Task<IReadOnlyList<ComputeDto>> ListAsync(CancellationToken cancellationToken) =>
        _connection.ListAsync(Routes.Computes, ContractsJson.Default.PageComputeDto, cancellationToken);

    /// <summary>One as it is now.</summary>
    public Task<ComputeDto> GetAsync(string name, CancellationToken cancellationToken) =>
        _connection.GetAsync(Path(name), ContractsJson.Default.ComputeDto, cancellationToken);

    /// <summary>Starts to attach a cluster, or to upgrade it in place; its <see cref="ComputeDto.OperationId"/> is to wait for.</summary>
    public Task<ComputeDto> AttachAsync(AttachComputeRequest request, CancellationToken cancellationToken) => _connection.SendAsync(
        HttpMethod.Post, Routes.Computes, request,
        ContractsJson.Default.AttachComputeRequest, ContractsJson.Default.ComputeDto, cancellationToken);

    /// <summary>Starts to change how a cluster is attached.</summary>
    public Task<ComputeDto> UpdateAsync(string name, UpdateComputeRequest request, CancellationToken cancellationToken) =>
        _connection.SendAsync(
            HttpMethod.Patch, Path(name), request,
            ContractsJson.Default.UpdateComputeRequest, ContractsJson.Default.ComputeDto, cancellationToken);

    /// <summary>Starts a detachment; null when it was done at once.</summary>
    /// <param name="name">The compute target.</param>
    /// <param name="force">Only forgets the cluster and its services, which are gone.</param>
    public async Task<string?> DetachAsync(string name, bool force, CancellationToken cancellationToken)
    {
        var query = new Query().Add("underlyingResourceAction", "Detach").Add("force", force ? "true" : null);
        using var response = await _connection.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, _connection.Url(Path(name) + query)), cancellationToken);
        return response.OperationId();
    }

    /// <summary>Deletes the cluster itself, which a workspace only does with those it has made.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await _connection.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, _connection.Url(Path(name) + "?underlyingResourceAction=Delete")), cancellationToken);
    }

    /// <summary>What a detachment removes, each as <c>Kind namespace/name</c>.</summary>
    public async Task<IReadOnlyList<string>> ListObjectsAsync(string name, CancellationToken cancellationToken) =>
        (await _connection.GetAsync(Path(name) + "/objects", ContractsJson.Default.ComputeObjectsDto, cancellationToken)).Value;

    /// <summary>Its kubeconfig.</summary>
    public async Task<ComputeKeysDto> GetKeysAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await _connection.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, _connection.Url(Path(name) + "/listKeys")), cancellationToken);
        return await WorkspaceConnection.ReadAsync(response, ContractsJson.Default.ComputeKeysDto, cancellationToken);
    }

    /// <summary>Checks everything that the cluster needs.</summary>
    public Task<PreflightReport> CheckAsync(string name, PreflightOptions options, CancellationToken cancellationToken) =>
        _connection.SendAsync(
            HttpMethod.Post, Path(name) + "/check", options,
            ContractsJson.Default.PreflightOptions, ContractsJson.Default.PreflightReport, cancellationToken);

    private static string Path(string name) => $"{Routes.Computes}/{Segment.Of(name)}";
}
