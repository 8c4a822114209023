using System.Diagnostics;
using System.Globalization;
using Fairlead.Contracts;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Processes;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>The environment of a replica's process (§3.5): a clean base, the user's variables, then what is ours to say.</summary>
internal static class ReplicaVariables
{
    public static void Apply(
        ProcessStartInfo start, ScoringService service, PreparedApp app, string replica, string portFile, string owner,
        LocalComputeOptions options)
    {
        var spec = service.Spec;
        CleanEnvironment.ApplyForReplica(start, owner);
        var variables = start.Environment;
        variables[ScoringHostVariables.WorkerCount] = Text(spec.WorkerCount);
        foreach (var (name, value) in (spec.Environment?.EnvironmentVariables ?? new Dictionary<string, string>()).Concat(spec.EnvironmentVariables))
        {
            variables[name] = value;
        }

        var root = app.Folder.Root;
        variables[ScoringHostVariables.AppRoot] = root;
        variables[ScoringHostVariables.SourceDirectory] = root;
        variables[ScoringHostVariables.ModelDirectory] = app.Folder.ModelDirectory;
        variables[ScoringHostVariables.ServiceName] = service.Name;
        variables[ScoringHostVariables.ServiceVersion] = Text(service.Generation);
        variables[ScoringHostVariables.ServicePathPrefix] = Routes.ServicePath(service.Name);
        variables[ScoringHostVariables.WorkspaceName] = spec.Workspace;
        variables[ScoringHostVariables.ScoringTimeoutMs] = Text(spec.ScoringTimeoutMs);
        variables[ScoringHostVariables.ServerPort] = "0";
        variables["HOSTNAME"] = replica;
        if (spec.EntryScript is { } script)
        {
            variables[ScoringHostVariables.EntryScript] = script;
        }
        else if (spec.Models.Select(model => model.Framework).FirstOrDefault() is { } framework)
        {
            variables[ScoringHostVariables.ModelFramework] = framework;
        }

        if (spec.CollectModelData)
        {
            // The documented name, and the one that v1's server really read (§3.5).
            variables["AML_MODEL_DC_STORAGE_ENABLED"] = "true";
            variables["AML_MDC_STORAGE_ENABLED"] = "true";
        }

        if (spec.AppInsightsEnabled)
        {
            variables[ScoringHostVariables.AppInsightsEnabled] = "true";
            SetDefault(ScoringHostVariables.AppInsightsKey, options.AppInsightsKey);
            SetDefault(ScoringHostVariables.AppInsightsEndpoint, options.AppInsightsEndpoint);
        }

        variables[ScoringHostVariables.BindAddress] = "127.0.0.1";
        variables[ScoringHostVariables.PortFile] = portFile;
        variables[ScoringHostVariables.MaxConcurrentRequests] = Text(spec.MaxConcurrentRequestsPerContainer);
        variables[ScoringHostVariables.Python] = app.Python;
        variables[ScoringHostVariables.EndWithParent] = "1";
        variables[ScoringHostVariables.DrainMs] = Text(spec.ScoringTimeoutMs);
        variables[CleanEnvironment.OwnerVariable] = owner;

        void SetDefault(string name, string? value)
        {
            if (value is not null)
            {
                variables.TryAdd(name, value);
            }
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
