using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Fairlead.Client.Configuration;

/// <summary>A JSON tree as YAML.</summary>
internal static class JsonToYaml
{
    public static string Write(JsonNode node)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(Convert(node))).Save(text, assignAnchors: false);

        // The writer ends a document with "...", which conda files do not have.
        var yaml = text.ToString();
        return yaml.EndsWith("...\n", StringComparison.Ordinal) ? yaml[..^4] : yaml;
    }

    private static YamlNode Convert(JsonNode? node) => node switch
    {
        JsonObject members => new YamlMappingNode(
            members.Select(pair => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(pair.Key), Convert(pair.Value)))),
        JsonArray items => new YamlSequenceNode(items.Select(Convert)),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        JsonValue value => new YamlScalarNode(value.ToJsonString()),
        _ => new YamlScalarNode("null"),
    };

    // Quoted where a plain scalar would be read as something else.
    private static YamlScalarNode Text(string text) =>
        new(text) { Style = LooksLikeText(text) ? ScalarStyle.Any : ScalarStyle.DoubleQuoted };

    private static bool LooksLikeText(string text) =>
        text.Length > 0 && !double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _)
        && text.ToLowerInvariant() is not ("true" or "false" or "null" or "~");
}
