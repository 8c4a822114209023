using System.Text.Json.Nodes;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Swagger;

/// <summary>What a service takes and answers, as <c>ServiceInput</c> and <c>ServiceOutput</c> of its Swagger documents.</summary>
/// <param name="input">A schema object; its example lies in the member <c>example</c>.</param>
/// <param name="output">A schema object too.</param>
/// <param name="versions">The versions whose rules both keep.</param>
internal sealed class ServiceSchema(JsonObject input, JsonObject output, IReadOnlyList<SwaggerVersion> versions)
{
    /// <summary>Of a <c>run()</c> that says nothing of its types (§3.8).</summary>
    public static ServiceSchema Undecorated { get; } = new(Anything(), Anything(), SwaggerVersions.All);

    /// <summary>In the order 2, 3, 3.1.</summary>
    public IReadOnlyList<SwaggerVersion> Versions { get; } = versions;

    public JsonObject CopyInput() => input.DeepClone().AsObject();

    public JsonObject CopyOutput() => output.DeepClone().AsObject();

    /// <summary>From the member <c>swagger</c> of what a worker says when it is ready: null without schema decorators.</summary>
    public static ServiceSchema From(JsonNode? described)
    {
        if (described is not JsonObject swagger)
        {
            return Undecorated;
        }

        if (swagger["input"] is not JsonObject input || swagger["output"] is not JsonObject output
            || swagger["versions"] is not JsonArray supported)
        {
            throw new StartException("The worker's member 'swagger' lacks one of 'input', 'output' and 'versions'.");
        }

        var names = supported.Select(version => version?.ToString()).ToHashSet();
        return new ServiceSchema(
            input.DeepClone().AsObject(), output.DeepClone().AsObject(),
            [.. SwaggerVersions.All.Where(version => names.Contains(SwaggerVersions.LongName(version)))]);
    }

    private static JsonObject Anything() => new() { ["type"] = "object", ["example"] = new JsonObject() };
}
