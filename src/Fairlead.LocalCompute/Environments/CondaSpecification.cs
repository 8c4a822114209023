using System.Text.Json.Nodes;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.LocalCompute.Environments;

/// <summary>Reads <c>{name, channels, dependencies: [..., {pip: [...]}]}</c> (§1.4).</summary>
internal static class CondaSpecification
{
    // Every v1 snippet lists these; they are the server that fairlead-scoring is.
    private static readonly string[] Replaced = ["azureml-defaults", "azureml-inference-server-http", "azureml-monitoring"];

    /// <exception cref="FairleadException"><c>InvalidArgument</c> when it has another shape.</exception>
    public static PythonRequirements Parse(JsonObject? specification)
    {
        string? python = null;
        var pip = new List<string>();
        var skipped = new List<string>();
        var conda = new List<string>();
        foreach (var dependency in Array(specification?["dependencies"], "dependencies"))
        {
            if (dependency is JsonObject section)
            {
                foreach (var line in Array(section["pip"], "dependencies.pip").Select(node => Text(node, "dependencies.pip")))
                {
                    (Replaced.Contains(PackageName.Of(line)) ? skipped : pip).Add(line.Trim());
                }

                continue;
            }

            var package = Text(dependency, "dependencies").Trim();
            switch (PackageName.Of(package))
            {
                case "python":
                    python = VersionOf(package);
                    break;
                case "pip":
                    break;
                default:
                    conda.Add(package);
                    break;
            }
        }

        return new PythonRequirements(python, pip, skipped, conda);
    }

    private static string? VersionOf(string package)
    {
        var version = package.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(c => char.IsAsciiDigit(c) || c == '.');
        var text = string.Concat(version).TrimEnd('.');
        return text.Length == 0 ? null : text;
    }

    private static JsonArray Array(JsonNode? node, string field) => node switch
    {
        null => [],
        JsonArray array => array,
        _ => throw FairleadException.InvalidArgument("environment.python.condaDependencies." + field, node.ToJsonString(), "a list"),
    };

    private static string Text(JsonNode? node, string field) =>
        node is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw FairleadException.InvalidArgument(
                "environment.python.condaDependencies." + field, node?.ToJsonString(), "a list of texts and one {\"pip\": [...]}");
}
