using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Demo;

/// <summary>A folder under samples/, as its sample.json describes it.</summary>
internal sealed record Sample
{
    public required string Folder { get; init; }

    public required string Service { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<(string Name, string Path, string Framework)> Models { get; init; }

    public string? InferenceConfig { get; init; }

    public string? DeploymentConfig { get; init; }

    public string RequestFile => Path.Combine(Folder, "request.json");

    /// <summary>The known answers, in the order of the request.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Names of the classes, by number; empty when labels speak for themselves.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>All samples below a folder, by name.</summary>
    public static IReadOnlyList<Sample> ReadAll(string folder)
    {
        var files = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Select(path => Path.Combine(path, "sample.json")).Where(File.Exists)
            : [];
        var samples = files.Order(StringComparer.Ordinal).Select(Read).ToList();
        return samples.Count > 0
            ? samples
            : throw new FairleadException(
                "SamplesNotFound", 404, $"there are no samples in '{folder}'; name their folder with FAIRLEAD_SAMPLES");
    }

    private static Sample Read(string file)
    {
        try
        {
            var folder = Path.GetDirectoryName(file)!;
            var json = JsonNode.Parse(File.ReadAllText(file))!;
            var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
            return new Sample
            {
                Folder = folder,
                Service = json["service"]!.GetValue<string>(),
                Description = json["description"]!.GetValue<string>(),
                Models =
                [
                    .. json["models"]!.AsArray().Select(model => (
                        model!["name"]!.GetValue<string>(),
                        Path.Combine(folder, model["path"]!.GetValue<string>()),
                        model["framework"]!.GetValue<string>())),
                ],
                InferenceConfig = PathOf(folder, json["inferenceConfig"]),
                DeploymentConfig = PathOf(folder, json["deploymentConfig"]),
                Labels = [.. expected["labels"]!.AsArray().Select(label => label!.ToString())],
                Classes = [.. (expected["classes"] as JsonArray ?? []).Select(name => name!.ToString())],
            };
        }
        catch (Exception e) when (e is NullReferenceException or JsonException or InvalidOperationException or IOException)
        {
            throw new FairleadException(ErrorCodes.InvalidArgument, 400, $"'{file}' is not a sample as docs/samples.md describes: {e.Message}", e);
        }
    }

    private static string? PathOf(string folder, JsonNode? name) => name is null ? null : Path.Combine(folder, name.GetValue<string>());
}
