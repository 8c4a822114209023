using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Models;
using Fairlead.Contracts.Errors;
using YamlDotNet.Core;

namespace Fairlead.Client.Configuration;

/// <summary>Reads a configuration file, JSON or YAML, forgiving comments and trailing commas.</summary>
internal static class LenientFile
{
    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly JsonNodeOptions IgnoreCase = new() { PropertyNameCaseInsensitive = true };

    /// <param name="what">What the file is for, for messages.</param>
    /// <param name="path">The file.</param>
    public static JsonObject Read(string what, string path)
    {
        if (!File.Exists(path))
        {
            throw Directory.Exists(path)
                ? FairleadException.InvalidArgument(what, path, "a file; it is a folder")
                : MissingPath.Error(what, path);
        }

        return Parse(path, File.ReadAllText(path));
    }

    public static JsonObject Parse(string name, string text)
    {
        var isYaml = Path.GetExtension(name).ToLowerInvariant() is ".yml" or ".yaml"
            || !text.AsSpan().TrimStart('\uFEFF').TrimStart().StartsWith("{") && !IsJsonComment(text);
        try
        {
            var node = isYaml ? YamlToJson.Convert(text) : JsonNode.Parse(text.TrimStart('\uFEFF'), IgnoreCase, Json);
            return node as JsonObject ?? throw Invalid(name, "it must hold an object: keys with values");
        }
        catch (JsonException e)
        {
            throw Invalid(name, $"line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: {Shorten(e.Message)}");
        }
        catch (ArgumentException e) when (e.Message.Contains("same key", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid(name, "a key occurs twice");
        }
        catch (YamlException e)
        {
            throw Invalid(name, $"line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }
    }

    private static bool IsJsonComment(string text)
    {
        var start = text.AsSpan().TrimStart('\uFEFF').TrimStart();
        return start.StartsWith("//") || start.StartsWith("/*");
    }

    private static FairleadException Invalid(string name, string why) =>
        new(ErrorCodes.InvalidArgument, 400, $"'{name}' cannot be read: {why}");

    private static string Shorten(string message) =>
        message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var end and > 0 ? message[..end] : message;
}
