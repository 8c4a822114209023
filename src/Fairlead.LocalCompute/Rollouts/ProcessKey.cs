using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>
/// What of a spec a process is made from. Two specs with one key can be served by the same processes, so a change of
/// keys, queue or bounds restarts nothing. Settings are named here when they do <em>not</em> matter: a new one is safe.
/// </summary>
internal static class ProcessKey
{
    public static string Of(ScoringServiceSpec spec)
    {
        var relevant = spec with
        {
            AutoScaler = new AutoScaler(),
            NumReplicas = null,
            LivenessProbe = new LivenessProbeRequirements(),
            AuthEnabled = true,
            TokenAuthEnabled = false,
            TokenIssuers = [],
            MaxQueueWaitMs = 0,
            MaxQueueLength = 0,
            PriorityHeader = null,
            HedgeAfterMs = 0,
            Rollout = new RolloutStrategy(),
            Traffic = null,
            EnvironmentVariables = Sorted(spec.EnvironmentVariables),
            Environment = spec.Environment is null ? null : spec.Environment with
            {
                Name = null,
                Version = null,
                EnvironmentVariables = Sorted(spec.Environment.EnvironmentVariables),
            },
        };
        return Convert.ToHexStringLower(SHA256.HashData(
            JsonSerializer.SerializeToUtf8Bytes(relevant, ContractsJson.Default.ScoringServiceSpec)));
    }

    private static SortedDictionary<string, string> Sorted(IReadOnlyDictionary<string, string> variables) =>
        new(variables.ToDictionary(), StringComparer.Ordinal);
}
