using Fairlead.Client.Http;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Environments;

/// <summary>The registered environments of a workspace.</summary>
public sealed class EnvironmentsClient
{
    private readonly WorkspaceConnection _connection;

    internal EnvironmentsClient(WorkspaceConnection connection) => _connection = connection;

    /// <summary>Registers a definition: the present version when nothing changed, else the next.</summary>
    public Task<EnvironmentDto> RegisterAsync(EnvironmentDefinition definition, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(definition.Name))
        {
            throw FairleadException.InvalidArgument("name", definition.Name, "given in azureml_environment.json");
        }

        return _connection.SendAsync(
            HttpMethod.Put,
            $"{Routes.Environments}/{Segment.Of(definition.Name)}",
            definition,
            ContractsJson.Default.EnvironmentDefinition,
            ContractsJson.Default.EnvironmentDto,
            cancellationToken);
    }

    /// <summary>The newest version of each name.</summary>
    public Task<IReadOnlyList<EnvironmentDto>> ListAsync(CancellationToken cancellationToken) =>
        _connection.ListAsync(Routes.Environments, ContractsJson.Default.PageEnvironmentDto, cancellationToken);

    /// <summary>A version, or the newest when <paramref name="version"/> is null.</summary>
    public Task<EnvironmentDto> GetAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var path = $"{Routes.Environments}/{Segment.Of(name)}";
        return _connection.GetAsync(
            version is null ? path : $"{path}/versions/{Segment.Of(version)}",
            ContractsJson.Default.EnvironmentDto,
            cancellationToken);
    }
}
