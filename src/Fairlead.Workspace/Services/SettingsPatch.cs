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
        "containerResourceRequirements", "livenessProbeRequirements", "authEnabled", "aadAuthEnabled", "tokenIssuers",
        "scoringTimeoutMs", "maxConcurrentRequestsPerContainer", "maxQueueWaitMs", "maxQueueLength", "priorityHeader", "hedgeAfterMs",
        "rollout", "dataCollection",
        "appInsightsEnabled", "namespace",
    ];

    private static readonly string[] Labels = ["description", "kvTags", "properties"];

    public static bool IsLabelsOnly(IReadOnlyList<PatchStep> steps) => steps.All(step => Touches(step, Labels));

    /// <param name="settings">As they are.</param>
    /// <param name="steps">The changes.</param>
    /// <param name="mutable">The members that may be changed; null for all that a service's owner may.</param>
    public static ServiceSettingsDto Apply(
        ServiceSettingsDto settings, IReadOnlyList<PatchStep> steps, IReadOnlyCollection<string>? mutable = null)
    {
        var node = (JsonObject)JsonSerializer.SerializeToNode(settings, ContractsJson.Default.ServiceSettingsDto)!;
        var after = WithOneAuthentication(
            JsonPatch.Apply(node, steps, mutable ?? Mutable).Deserialize(ContractsJson.Default.ServiceSettingsDto)!, steps);

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

    // Keys and tokens exclude each other likewise; both asked for at once is refused later.
    private static ServiceSettingsDto WithOneAuthentication(ServiceSettingsDto after, IReadOnlyList<PatchStep> steps)
    {
        var key = steps.Any(step => Touches(step, ["authEnabled"]));
        var token = steps.Any(step => Touches(step, ["aadAuthEnabled"]));
        after = (key, token) switch
        {
            (false, true) when after is { AadAuthEnabled: true, AuthEnabled: true } => after with { AuthEnabled = null },
            (true, false) when after is { AadAuthEnabled: true, AuthEnabled: true } => after with { AadAuthEnabled = null },
            _ => after,
        };
        return after.AadAuthEnabled != true && !steps.Any(step => Touches(step, ["tokenIssuers"]))
            ? after with { TokenIssuers = null }
            : after;
    }

    public static bool Touches(PatchStep step, string[] members) =>
        members.Contains(JsonPatch.MemberOf(step), StringComparer.OrdinalIgnoreCase);
}
