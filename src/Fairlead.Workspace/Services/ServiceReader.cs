using Fairlead.Contracts.Api;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Services;

/// <summary>Puts together what a service's answer is made of.</summary>
internal static class ServiceReader
{
    public static async Task<ServiceRow> GetRowAsync(WorkspaceDb db, string name, CancellationToken cancellationToken) =>
        await db.Services.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellationToken)
            ?? throw ServiceErrors.NotFound(name);

    public static async Task<ServiceDto> ToDtoAsync(
        WorkspaceDb db, ComputeTargets computes, ServiceRow row, CancellationToken cancellationToken)
    {
        var models = await (
            from use in db.ServiceModels
            where use.ServiceName == row.Name
            join model in db.Models on new { Name = use.ModelName, Version = use.ModelVersion } equals new { model.Name, model.Version }
            orderby use.Position
            select model).AsNoTracking().ToListAsync(cancellationToken);
        var isBusy = await OperationQueue.FindRunningAsync(db, row, cancellationToken) is not null;
        return row.ToDto(isBusy, models, await computes.FindAsync(row.ComputeName, cancellationToken));
    }
}
