using System.Security.Cryptography;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;

namespace Fairlead.Workspace.Environments;

/// <summary>
/// The identity of an environment (§7.2): what decides the outcome of a build, in the order given. Name, version and
/// environment variables are not in it.
/// </summary>
internal static class EnvironmentHash
{
    public static string Of(EnvironmentDefinition definition) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(
            definition with
            {
                Name = null,
                Version = null,
                EnvironmentVariables = new Dictionary<string, string>(),
                Docker = definition.Docker with { Enabled = false, SharedVolumes = true, ShmSize = null, Arguments = [] },
            },
            ContractsJson.Default.EnvironmentDefinition)));
}
