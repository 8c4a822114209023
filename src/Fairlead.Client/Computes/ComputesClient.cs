using Fairlead.Client.Http;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Computes;

/// <summary>The compute targets of a workspace.</summary>
public sealed class ComputesClient
{
    private readonly WorkspaceConnection _connection;

    internal ComputesClient(WorkspaceConnection connection) => _connection = connection;

    /// <summary>All of them.</summary>
    public Task<IReadOnlyList<ComputeDto>> ListAsync(CancellationToken cancellationToken) =>
        _connection.ListAsync(Routes.Computes, ContractsJson.Default.PageComputeDto, cancellationToken);
}
