using System.Text.Json.Nodes;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Models;

/// <summary>Writes <c>model_config_map.json</c> (§3.6), in the members that the v1 monitoring package reads.</summary>
public static class ModelConfigMap
{
    /// <summary>Its name in the app root.</summary>
    public const string FileName = "model_config_map.json";

    public static string Build(string workspace, IReadOnlyList<ServedModel> served)
    {
        var models = new JsonObject();
        var infos = new JsonObject();
        foreach (var model in served)
        {
            var version = model.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
            models[model.Name] = Describe(model);
            if (infos[model.Name] is not JsonObject versions)
            {
                infos[model.Name] = versions = [];
            }

            versions[version] = Describe(model);
        }

        return new JsonObject
        {
            ["accountContext"] = new JsonObject { ["accountName"] = workspace },
            ["models"] = models,
            ["modelsInfo"] = infos,
        }.ToJsonString();
    }

    private static JsonObject Describe(ServedModel model) => new()
    {
        ["id"] = ModelNames.Id(model.Name, model.Version),
        ["name"] = model.Name,
        ["version"] = model.Version,
        ["framework"] = model.Framework,
    };
}
