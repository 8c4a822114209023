using System.Globalization;
using Fairlead.Contracts;
using Fairlead.Contracts.Api;
using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>The variables of a replica's container (§3.5): those of the user, then what is ours to say.</summary>
internal static class ReplicaEnvironment
{
    public static List<V1EnvVar> Build(ScoringServiceResource service)
    {
        var spec = service.Spec;
        var all = new Dictionary<string, V1EnvVar>(StringComparer.Ordinal);

        // The root file system cannot be written; libraries look for caches below the home folder.
        Set("HOME", "/tmp");
        Set(ScoringHostVariables.WorkerCount, Text(spec.WorkerCount));
        foreach (var (name, value) in spec.EnvironmentVariables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Set(name, value);
        }

        foreach (var variable in spec.Env)
        {
            all[variable.Name] = variable;
        }

        Set(ScoringHostVariables.AppRoot, Names.AppFolder);
        Set(ScoringHostVariables.SourceDirectory, Names.AppFolder);
        Set(ScoringHostVariables.ModelDirectory, PreparationPlans.ModelDirectory(spec));
        Set(ScoringHostVariables.ServiceName, service.Metadata.Name);
        Set(ScoringHostVariables.ServicePathPrefix, Routes.ServicePath(service.Metadata.Name));
        Set(ScoringHostVariables.WorkspaceName, spec.Workspace);
        Set(ScoringHostVariables.ScoringTimeoutMs, Text(spec.ScoringTimeoutMs));
        Set(ScoringHostVariables.ServerPort, Text(Names.ScoringPort));
        if (spec.EntryScript is { } script)
        {
            Set(ScoringHostVariables.EntryScript, script);
        }
        else if (spec.Models[0].Framework is { } framework)
        {
            Set(ScoringHostVariables.ModelFramework, framework);
        }

        if (spec.CollectModelData)
        {
            // The documented name, and the one that v1's server really read (§3.5).
            Set("AML_MODEL_DC_STORAGE_ENABLED", "true");
            Set("AML_MDC_STORAGE_ENABLED", "true");
        }

        if (spec.AppInsightsEnabled)
        {
            Set("AML_APP_INSIGHTS_ENABLED", "true");
        }

        Set(ScoringHostVariables.MaxConcurrentRequests, Text(spec.MaxConcurrentRequestsPerContainer));
        Set(ScoringHostVariables.Python, spec.Python);
        Set(ScoringHostVariables.DrainMs, Text(spec.ScoringTimeoutMs));
        return [.. all.Values];

        void Set(string name, string value) => all[name] = Variable(name, value);
    }

    /// <summary>A variable with this very value: Kubernetes would put others in the place of <c>$(NAME)</c>.</summary>
    public static V1EnvVar Variable(string name, string value) =>
        new() { Name = name, Value = value.Replace("$(", "$$(", StringComparison.Ordinal) };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
