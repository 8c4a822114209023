using System.Text.Json.Nodes;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Services;

namespace Fairlead.LocalCompute.Materialising;

/// <summary>Writes <c>model_config_map.json</c> (§3.6), in the members that the v1 monitoring package reads.</summary>
internal static class ModelConfigMap
{
    public static string Build(ScoringServiceSpec spec)
    {
        var models = new JsonObject();
        var infos = new JsonObject();
        foreach (var model in spec.Models)
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
            ["accountContext"] = new JsonObject { ["accountName"] = spec.Workspace },
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
