using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;

namespace Fairlead.Workspace.Services;

/// <summary>Updates of a service: a JSON Patch over its settings.</summary>
internal static class SettingsPatch
{
    private static readonly string[] Mutable =
    [
        "description", "kvTags", "properties", "environmentImageRequest", "autoScaler", "numReplicas",
        "containerResourceRequirements", "livenessProbeRequirements", "authEnabled", "aadAuthEnabled", "scoringTimeoutMs",
        "maxConcurrentRequestsPerContainer", "maxQueueWaitMs", "maxQueueLength", "rollout", "dataCollection",
        "appInsightsEnabled", "namespace",
    ];

    private static readonly string[] Labels = ["description", "kvTags", "properties"];

    public static bool IsLabelsOnly(IReadOnlyList<PatchStep> steps) => steps.All(step => Touches(step, Labels));

    public static ServiceSettingsDto Apply(ServiceSettingsDto settings, IReadOnlyList<PatchStep> steps)
    {
        var node = (JsonObject)JsonSerializer.SerializeToNode(settings, ContractsJson.Default.ServiceSettingsDto)!;
        var after = JsonPatch.Apply(node, steps, Mutable).Deserialize(ContractsJson.Default.ServiceSettingsDto)!;

        // A fixed number and the autoscaler exclude each other: the one asked for now ends the other.
        var number = steps.Any(step => Touches(step, ["numReplicas"]));
        var scaler = steps.Any(step => Touches(step, ["autoScaler"]));
        return (number, scaler) switch
        {
            (false, true) when after.AutoScaler?.AutoscaleEnabled == true => after with { NumReplicas = null },
            (true, false) when after is { NumReplicas: > 0, AutoScaler.AutoscaleEnabled: true } =>
                after with { AutoScaler = after.AutoScaler with { AutoscaleEnabled = null } },
            _ => after,
        };
    }

    private static bool Touches(PatchStep step, string[] members) =>
        members.Contains(JsonPatch.MemberOf(step), StringComparer.OrdinalIgnoreCase);
}
