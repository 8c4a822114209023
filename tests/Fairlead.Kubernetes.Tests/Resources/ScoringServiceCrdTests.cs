using System.Reflection;
using System.Text.Json;
using Fairlead.Kubernetes.Resources;
using Fairlead.Kubernetes.Tests.Golden;
using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Resources;

public sealed class ScoringServiceCrdTests
{
    private const string Header = "# Made from src/Fairlead.Kubernetes/Resources by UPDATE_GOLDEN=1 ./test.sh kube-units; edits are lost.\n";

    [Fact]
    public async Task Crd_IsTheFileThatUsersApply()
    {
        var yaml = KubernetesYaml.Serialize(ScoringServiceCrd.Build()).ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

        await GoldenFile.CheckAsync("deploy/kubernetes/crd.yaml", Header + yaml);
    }

    [Theory]
    [InlineData(typeof(ScoringServiceResourceSpec), "spec")]
    [InlineData(typeof(ScoringServiceResourceStatus), "status")]
    public void Schema_Members_AreThoseOfTheClass(Type type, string part)
    {
        var schema = Schema().Properties[part];

        Assert.Equal(MembersOf(type), schema.Properties.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(ModelSource), "models")]
    [InlineData(typeof(FileSet), "source")]
    [InlineData(typeof(Contracts.Services.AutoScaler), "autoScaler")]
    [InlineData(typeof(Contracts.Services.LivenessProbeRequirements), "livenessProbe")]
    [InlineData(typeof(Contracts.Services.ContainerResourceRequirements), "resources")]
    [InlineData(typeof(Contracts.Services.RolloutStrategy), "rollout")]
    public void Schema_Members_AreThoseOfTheGroup(Type type, string field)
    {
        var schema = Schema().Properties["spec"].Properties[field];
        var group = schema.Items as V1JSONSchemaProps ?? schema;

        Assert.Equal(MembersOf(type), group.Properties.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Schema_Defaults_AreThoseOfTheClasses()
    {
        var defaults = JsonSerializer.Deserialize<JsonElement>(KubernetesJson.Serialize(new ScoringServiceResourceSpec()));

        CheckDefaults(Schema().Properties["spec"], defaults, "spec");
    }

    [Fact]
    public void Schema_Parts_AllHaveADescription()
    {
        Assert.Empty(Undescribed(Schema().Properties["spec"], "spec").Concat(Undescribed(Schema().Properties["status"], "status")));
    }

    private static V1JSONSchemaProps Schema() => ScoringServiceCrd.Build().Spec.Versions[0].Schema.OpenAPIV3Schema;

    private static IEnumerable<string> MembersOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>() is null)
        .Select(property => property.GetCustomAttribute<System.Text.Json.Serialization.JsonPropertyNameAttribute>()?.Name
            ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name))
        .Order(StringComparer.Ordinal);

    private static void CheckDefaults(V1JSONSchemaProps schema, JsonElement value, string path)
    {
        foreach (var (name, property) in schema.Properties)
        {
            var given = value.TryGetProperty(name, out var member);
            if (property.Type == "object" && property.Properties is not null)
            {
                if (given)
                {
                    CheckDefaults(property, member, path + "." + name);
                }
            }
            else if (property.DefaultProperty is { } wanted)
            {
                Assert.True(given, $"{path}.{name} has a default in the schema alone");
                Assert.Equal($"{path}.{name}={JsonSerializer.Serialize(wanted)}", $"{path}.{name}={member.GetRawText()}");
            }
            else if (given && member.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            {
                Assert.Fail($"{path}.{name} is {member.GetRawText()} by default in the class alone");
            }
        }
    }

    private static IEnumerable<string> Undescribed(V1JSONSchemaProps schema, string path) => (schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
        .SelectMany(property => Undescribed(property.Value, path + "." + property.Key))
        .Concat(string.IsNullOrEmpty(schema.Description) ? [path] : []);
}
