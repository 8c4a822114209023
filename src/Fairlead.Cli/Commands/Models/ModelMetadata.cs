using System.Text.Json.Nodes;
using Fairlead.Cli.Running;
using Fairlead.Client.Naming;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Models;

/// <summary>The file that <c>model register -t</c> writes and <c>model deploy -f</c> reads.</summary>
internal static class ModelMetadata
{
    public static JsonObject Of(ModelDto model, VerbContext context) => new()
    {
        ["modelId"] = model.Id,
        ["workspaceName"] = context.Client.Options.Workspace,
        ["subscriptionId"] = context.Client.Options.SubscriptionId,
        ["resourceGroupName"] = context.Client.Options.ResourceGroup,
    };

    public static string ReadId(string path)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException or UnauthorizedAccessException)
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument, 400, $"model metadata file '{path}' cannot be read: {e.Message}", e);
        }

        return (node as JsonObject)?["modelId"]?.ToString() ?? (node as JsonObject)?["id"]?.ToString()
            ?? throw new FairleadException(
                ErrorCodes.InvalidArgument,
                400,
                $"model metadata file '{path}' has no 'modelId'"
                + NearestName.Hint("modelId", (node as JsonObject)?.Select(pair => pair.Key) ?? [])
                + " Write one with: fairlead model register … -t FILE");
    }

    /// <summary>Writes a result to the file of <c>-t</c>, when given.</summary>
    public static void Write(VerbContext context, string? path, JsonNode metadata)
    {
        if (path is not null)
        {
            File.WriteAllText(context.FullPath(path), metadata.ToJsonString(new() { WriteIndented = true }) + "\n");
        }
    }
}
