using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Output;

/// <summary>Results as v1's command line wrote them: the wire form, with <c>tags</c> for <c>kvTags</c>.</summary>
internal static class Shapes
{
    public static readonly (string, string)[] ModelColumns =
        [("name", "name"), ("version", "version"), ("framework", "framework"), ("size", "sizeBytes"), ("created", "createdTime"), ("tags", "tags")];

    public static readonly (string, string)[] ServiceColumns =
    [
        ("name", "name"), ("state", "state"), ("replicas", "deploymentStatus.availableReplicas"),
        ("desired", "deploymentStatus.desiredReplicas"), ("models", "models.id"),
        ("authentication", "authentication"), ("scoring uri", "scoringUri"),
    ];

    public static readonly (string, string)[] EndpointColumns =
    [
        ("name", "name"), ("state", "state"), ("versions", "versions.name"), ("traffic", "versions.trafficPercentile"),
        ("default", "defaultVersion"), ("replicas", "versions.service.deploymentStatus.availableReplicas"),
        ("authentication", "authentication"), ("scoring uri", "scoringUri"),
    ];

    public static readonly (string, string)[] EnvironmentColumns = [("name", "name"), ("version", "version"), ("created", "createdTime")];

    public static readonly (string, string)[] ComputeColumns = [("name", "name"), ("type", "computeType"), ("state", "provisioningState"), ("purpose", "clusterPurpose"), ("gateway", "gatewayUrl")];

    public static JsonNode Of(ModelDto model) => Named(model, ContractsJson.Default.ModelDto);

    public static JsonNode Of(ServiceDto service)
    {
        var node = Named(service, ContractsJson.Default.ServiceDto);
        node["authentication"] = service.AadAuthEnabled ? "token" : service.AuthEnabled ? "key" : "NONE";
        foreach (var model in node["models"] as JsonArray ?? [])
        {
            RenameTags((JsonObject)model!);
        }

        return node;
    }

    public static JsonNode Of(EndpointDto endpoint)
    {
        var node = Named(endpoint, ContractsJson.Default.EndpointDto);
        node["authentication"] = endpoint.AadAuthEnabled ? "token" : endpoint.AuthEnabled ? "key" : "NONE";
        node["defaultVersion"] = endpoint.Versions.FirstOrDefault(version => version.IsDefault)?.Name;
        node["versions"] = List(endpoint.Versions.Select(version =>
        {
            var member = Node(version, ContractsJson.Default.EndpointVersionDto);
            member["service"] = Of(version.Service);
            return member;
        }));
        return node;
    }

    public static JsonNode Of(EnvironmentDto environment)
    {
        var node = Node(environment.Definition, ContractsJson.Default.EnvironmentDefinition);
        node["hash"] = environment.Hash;
        node["createdTime"] = JsonValue.Create(environment.CreatedTime);
        return node;
    }

    public static JsonNode Of(ComputeDto compute) => Node(compute, ContractsJson.Default.ComputeDto);

    public static JsonArray List(IEnumerable<JsonNode> items) => new([.. items]);

    public static JsonObject Node<T>(T value, JsonTypeInfo<T> type) => (JsonObject)JsonSerializer.SerializeToNode(value, type)!;

    private static JsonObject Named<T>(T value, JsonTypeInfo<T> type)
    {
        var node = Node(value, type);
        RenameTags(node);
        return node;
    }

    private static void RenameTags(JsonObject node)
    {
        if (node.Remove("kvTags", out var tags))
        {
            node["tags"] = tags;
        }
    }
}
