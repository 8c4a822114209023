using System.Text.Json.Nodes;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Errors;
using YamlDotNet.Core;

namespace Fairlead.Client.Computes;

/// <summary>Reads a kubeconfig as a server can use it: one context, with the files it names put in.</summary>
public static class KubeconfigFile
{
    private static readonly (string File, string Data)[] ClusterFiles = [("certificate-authority", "certificate-authority-data")];

    private static readonly (string File, string Data)[] UserFiles =
        [("client-certificate", "client-certificate-data"), ("client-key", "client-key-data")];

    /// <param name="path">The file.</param>
    /// <param name="context">Null: its current context.</param>
    /// <returns>A kubeconfig as JSON, which is YAML.</returns>
    /// <exception cref="FairleadException"><c>InvalidArgument</c>: it has no such context, or a file it names is not there.</exception>
    public static string Read(string path, string? context)
    {
        JsonObject config;
        try
        {
            config = YamlToJson.Convert(File.ReadAllText(path)) as JsonObject ?? throw Wrong(path, "is no kubeconfig");
        }
        catch (YamlException)
        {
            throw Wrong(path, "is no kubeconfig");
        }

        var wanted = context ?? Text(config["current-context"]);
        var names = Names(config, "contexts");
        var chosen = Find(config, "contexts", wanted)
            ?? throw Wrong(path, $"has no context '{wanted}'; it has: {(names.Count == 0 ? "none" : string.Join(", ", names))}");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var cluster = Named(config, path, "clusters", Text(chosen["context"]?["cluster"]));
        var user = Named(config, path, "users", Text(chosen["context"]?["user"]));
        PutIn(cluster["cluster"] as JsonObject, ClusterFiles, folder);
        PutIn(user["user"] as JsonObject, UserFiles, folder);
        PutToken(user["user"] as JsonObject, folder);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = wanted,
            ["contexts"] = new JsonArray(chosen.DeepClone()),
            ["clusters"] = new JsonArray(cluster.DeepClone()),
            ["users"] = new JsonArray(user.DeepClone()),
        }.ToJsonString();
    }

    private static JsonObject Named(JsonObject config, string path, string list, string? name) =>
        Find(config, list, name) ?? throw Wrong(path, $"has no '{name}' among its {list}");

    private static JsonObject? Find(JsonObject config, string list, string? name) =>
        (config[list] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(item => Text(item["name"]) == name);

    private static List<string?> Names(JsonObject config, string list) =>
        [.. (config[list] as JsonArray ?? []).OfType<JsonObject>().Select(item => Text(item["name"]))];

    private static string? Text(JsonNode? node) => node?.ToString();

    private static void PutIn(JsonObject? target, (string File, string Data)[] members, string folder)
    {
        foreach (var (file, data) in members)
        {
            if (target is not null && Text(target[file]) is { Length: > 0 } path)
            {
                target.Remove(file);
                target[data] = Convert.ToBase64String(ReadFile(Path.GetFullPath(path, folder), file));
            }
        }
    }

    private static void PutToken(JsonObject? user, string folder)
    {
        if (user is not null && Text(user["tokenFile"]) is { Length: > 0 } path)
        {
            user.Remove("tokenFile");
            user["token"] = System.Text.Encoding.UTF8.GetString(ReadFile(Path.GetFullPath(path, folder), "tokenFile")).Trim();
        }
    }

    private static byte[] ReadFile(string path, string member) =>
        File.Exists(path) ? File.ReadAllBytes(path) : throw Wrong(path, $"does not exist, but the kubeconfig names it as {member}");

    private static FairleadException Wrong(string path, string what) =>
        new(ErrorCodes.InvalidArgument, 400, $"'{path}' {what}.");
}
