using Fairlead.Contracts.Api;
using Fairlead.Workspace.Metadata;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Services;

/// <summary>Reads what belongs to services and gives their wire form.</summary>
internal sealed class ServiceReader(IDbContextFactory<WorkspaceDb> databases, ComputeTargets computes)
{
    public async Task<ServiceDto> ReadAsync(ServiceRow row, CancellationToken cancellationToken) =>
        (await ReadAsync([row], cancellationToken))[0];

    public async Task<IReadOnlyList<ServiceDto>> ReadAsync(
        IReadOnlyList<ServiceRow> rows, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var operationIds = rows.Select(row => row.OperationId).ToList();
        var names = rows.SelectMany(row => row.Spec.Models).Select(model => model.Name).Distinct().ToList();
        var operations = await db.Operations.AsNoTracking().Where(operation => operationIds.Contains(operation.Id))
            .ToDictionaryAsync(operation => operation.Id, cancellationToken);
        var models = (await db.Models.AsNoTracking().Where(model => names.Contains(model.Name)).ToListAsync(cancellationToken))
            .ToDictionary(model => (model.Name, model.Version));
        return [.. rows.Select(row =>
            ServiceDtos.From(row, operations.GetValueOrDefault(row.OperationId), computes, models))];
    }
}
