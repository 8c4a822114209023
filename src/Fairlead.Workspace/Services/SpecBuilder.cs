using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Assets;
using Fairlead.Workspace.Environments;
using Fairlead.Workspace.Models;
using Microsoft.Extensions.Options;

namespace Fairlead.Workspace.Services;

/// <summary>Turns what a user asked for into the wanted state of a service, or refuses it whole.</summary>
internal sealed class SpecBuilder(
    ModelRegistry models, EnvironmentRegistry environments, ManifestStore manifests, IOptions<WorkspaceOptions> options)
{
    /// <summary>The spec after <paramref name="wanted"/>; a null in it leaves what <paramref name="before"/> has.</summary>
    public async Task<ScoringServiceSpec> BuildAsync(
        ServiceSettingsDto wanted, ScoringServiceSpec before, CancellationToken cancellationToken)
    {
        var spec = before with
        {
            Workspace = options.Value.Name,
            AutoScaler = Merge(before.AutoScaler, wanted.AutoScaler),
            NumReplicas = wanted.NumReplicas ?? before.NumReplicas,
            Resources = wanted.ContainerResourceRequirements ?? before.Resources,
            LivenessProbe = wanted.LivenessProbeRequirements ?? before.LivenessProbe,
            AuthEnabled = wanted.AuthEnabled ?? before.AuthEnabled,
            TokenAuthEnabled = wanted.AadAuthEnabled ?? before.TokenAuthEnabled,
            ScoringTimeoutMs = wanted.ScoringTimeoutMs ?? before.ScoringTimeoutMs,
            MaxConcurrentRequestsPerContainer =
                wanted.MaxConcurrentRequestsPerContainer ?? before.MaxConcurrentRequestsPerContainer,
            MaxQueueWaitMs = wanted.MaxQueueWaitMs ?? before.MaxQueueWaitMs,
            MaxQueueLength = wanted.MaxQueueLength ?? before.MaxQueueLength,
            Rollout = wanted.Rollout ?? before.Rollout,
            CollectModelData = wanted.DataCollection?.StorageEnabled ?? before.CollectModelData,
            AppInsightsEnabled = wanted.AppInsightsEnabled ?? before.AppInsightsEnabled,
        };
        if (wanted.EnvironmentImageRequest is { } image)
        {
            spec = await WithImageAsync(spec, image, cancellationToken);
        }

        SpecRules.Validate(spec);
        return spec;
    }

    private async Task<ScoringServiceSpec> WithImageAsync(
        ScoringServiceSpec spec, EnvironmentImageRequest image, CancellationToken cancellationToken)
    {
        var served = new List<ServedModel>();
        foreach (var id in image.ModelIds ?? [])
        {
            var model = await models.GetAsync(id, cancellationToken);
            served.Add(new ServedModel(model.Name, model.Version, model.Framework, model.AssetId));
        }

        var environment = await EnvironmentAsync(image, cancellationToken);
        string? snapshot = null;
        if (image.SnapshotUrl is { } url)
        {
            snapshot = (await manifests.ResolveAsync(url, "environmentImageRequest.snapshotUrl", cancellationToken)).Id;
        }

        if (image.DriverProgram is { } script)
        {
            await CheckScriptAsync(script, snapshot, cancellationToken);
        }

        return spec with
        {
            EntryScript = image.DriverProgram,
            SnapshotManifest = snapshot,
            Models = served,
            Environment = environment,
        };
    }

    private async Task<EnvironmentDefinition?> EnvironmentAsync(
        EnvironmentImageRequest image, CancellationToken cancellationToken)
    {
        if (image.Environment is not null && image.EnvironmentReference is not null)
        {
            throw FairleadException.InvalidArgument(
                "environmentImageRequest.environmentReference", image.EnvironmentReference.Name,
                "null when environment is given");
        }

        if (image.EnvironmentReference is { } reference)
        {
            return (await environments.GetAsync(reference.Name, reference.Version, cancellationToken)).Definition;
        }

        if (image.Environment is { } definition)
        {
            EnvironmentRules.Validate(definition);
        }

        return image.Environment;
    }

    private async Task CheckScriptAsync(string script, string? snapshot, CancellationToken cancellationToken)
    {
        if (snapshot is null)
        {
            throw FairleadException.InvalidArgument(
                "environmentImageRequest.snapshotUrl", null, "the snapshot that holds the entry script");
        }

        var files = (await manifests.ReadAsync(snapshot, cancellationToken)).Files;
        if (files.Any(file => file.Path == script))
        {
            return;
        }

        var candidates = files.Where(file => file.Path.EndsWith(".py", StringComparison.Ordinal))
            .Select(file => $"'{file.Path}'").Take(10).ToList();
        throw new FairleadException(
            ErrorCodes.EntryScriptNotFound, 400,
            $"The entry script '{script}' is not in the source directory, which holds "
            + (candidates.Count == 0 ? "no Python file" : string.Join(", ", candidates))
            + ". It is named relative to the source directory; see that the ignore file does not leave it out.");
    }

    private static AutoScaler Merge(AutoScaler before, AutoScalerDto? wanted) => new()
    {
        AutoscaleEnabled = wanted?.AutoscaleEnabled ?? before.AutoscaleEnabled,
        MinReplicas = wanted?.MinReplicas ?? before.MinReplicas,
        MaxReplicas = wanted?.MaxReplicas ?? before.MaxReplicas,
        RefreshPeriodInSeconds = wanted?.RefreshPeriodInSeconds ?? before.RefreshPeriodInSeconds,
        TargetUtilization = wanted?.TargetUtilization ?? before.TargetUtilization,
    };
}
