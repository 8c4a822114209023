using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;

namespace Fairlead.Workspace.Environments;

/// <summary>
/// Names what is built of an environment (§7.2): name, version and variables do not count, the order of packages and
/// channels does, the order of an object's members does not.
/// </summary>
internal static class EnvironmentHash
{
    public static string Of(EnvironmentDefinition definition)
    {
        var built = new EnvironmentDefinition
        {
            Python = definition.Python,
            Docker = new DockerSection
            {
                BaseImage = definition.Docker.BaseImage,
                BaseDockerfile = definition.Docker.BaseDockerfile,
                BaseImageRegistry = definition.Docker.BaseImageRegistry is { Address: { } address }
                    ? new BaseImageRegistry { Address = address }
                    : null,
            },
            InferencingStackVersion = definition.InferencingStackVersion,
            Spark = definition.Spark,
            R = definition.R,
        };
        var node = JsonSerializer.SerializeToNode(built, ContractsJson.Default.EnvironmentDefinition);

        // The name conda would give the environment it makes changes nothing in it.
        (node!["python"]!["condaDependencies"] as JsonObject)?.Remove("name");
        return Convert.ToHexStringLower(SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(Sorted(node)!.ToJsonString())));
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
