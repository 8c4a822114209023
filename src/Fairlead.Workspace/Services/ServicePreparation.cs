using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Services;

/// <summary>Checks settings, fills them in and writes them into a row.</summary>
internal sealed class ServicePreparation(
    WorkspaceDb db, ImageResolver images, ComputeTargets computes, IOptions<WorkspaceOptions> options)
{
    /// <summary>Name of the workspace that specs carry.</summary>
    public string Workspace => options.Value.Workspace;

    // An attached cluster has one namespace for services, and takes none while it is detached.
    public async Task CheckComputeAsync(string name, string? ns, CancellationToken cancellationToken)
    {
        if (await db.Computes.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellationToken) is not { } attached)
        {
            // Detached through another workspace a moment ago, if it is not the server's own.
            var known = computes.BuiltIn.Select(target => target.Name).ToList();
            if (!known.Contains(name))
            {
                throw ComputeErrors.NotFound(name, known);
            }

            return;
        }

        if (attached.State == ProvisioningState.Deleting)
        {
            throw ComputeErrors.Busy(name, attached.OperationId);
        }

        if (ns is not null && ns != attached.Settings().Namespace)
        {
            throw FairleadException.InvalidArgument(
                "namespace", ns, $"'{attached.Settings().Namespace}', where services of compute target '{name}' are, or absent");
        }
    }

    public async Task<(ServiceSettingsDto Settings, ScoringServiceSpec Spec, ServiceImage Image)> PrepareAsync(
        ServiceSettingsDto given, CancellationToken cancellationToken)
    {
        // Settings first: they need nothing but the request, and so are told even when a model is missing.
        var nothing = new ServiceImage { Request = new EnvironmentImageRequest(), Models = [] };
        SettingsValidation.Check(given, SpecBuilder.Build(given, nothing, Workspace));
        var image = await images.ResolveAsync(given.EnvironmentImageRequest, cancellationToken);
        var spec = SpecBuilder.Build(given, image, Workspace);
        SettingsValidation.Check(given, spec);
        return (given with { EnvironmentImageRequest = image.Request }, spec, image);
    }

    public static void Set(ServiceRow row, ServiceSettingsDto settings, ScoringServiceSpec spec, ServiceImage image, bool raise)
    {
        row.SettingsJson = Json.Write(settings, ContractsJson.Default.ServiceSettingsDto);
        row.SpecJson = Json.Write(spec, ContractsJson.Default.ScoringServiceSpec);
        row.Generation += raise ? 1 : 0;
        row.Models.RemoveAll(use => use.Position >= image.Models.Count);
        foreach (var (position, model) in image.Models.Index())
        {
            var use = row.Models.FirstOrDefault(use => use.Position == position);
            if (use is null)
            {
                row.Models.Add(use = new ServiceModelRow { ServiceName = row.Name, Position = position, ModelName = model.Name });
            }

            (use.ModelName, use.ModelVersion) = (model.Name, model.Version);
        }
    }

    public Task<ServiceRow?> FindAsync(string name, CancellationToken cancellationToken) =>
        db.Services.Include(row => row.Models).FirstOrDefaultAsync(row => row.Name == name, cancellationToken);
}
