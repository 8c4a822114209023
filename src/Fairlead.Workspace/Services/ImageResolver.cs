using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Environments;
using Fairlead.Workspace.Models;
using Fairlead.Workspace.Snapshots;

namespace Fairlead.Workspace.Services;

/// <summary>Finds the models, snapshot and environment of a deployment, and refuses what could not run.</summary>
internal sealed class ImageResolver(ModelStore models, AssetStore assets, EnvironmentStore environments)
{
    private const int MostModels = 1000;
    private const int MostScriptsShown = 20;

    private static readonly string[] NoCodeFrameworks = [ModelFrameworks.Onnx, ModelFrameworks.ScikitLearn];

    public async Task<ServiceImage> ResolveAsync(EnvironmentImageRequest? given, CancellationToken cancellationToken)
    {
        var request = given ?? new EnvironmentImageRequest();
        var served = await ModelsAsync(request.ModelIds ?? [], cancellationToken);
        var script = string.IsNullOrEmpty(request.DriverProgram) ? null : Normalize(request.DriverProgram);
        var snapshot = await SnapshotAsync(request, script, cancellationToken);
        if (script is null)
        {
            CheckNoCode(served);
        }

        var (environment, reference) = await EnvironmentAsync(request, cancellationToken);
        return new ServiceImage
        {
            Request = request with
            {
                DriverProgram = script,
                ModelIds = [.. served.Select(model => ModelNames.Id(model.Name, model.Version))],
                EnvironmentReference = reference,
            },
            EntryScript = script,
            SnapshotManifest = snapshot,
            Models = served,
            Environment = environment,
            ModelResources = served.Select(model => model.ToDto().ResourceRequirements).FirstOrDefault(needs => needs is not null),
        };
    }

    private async Task<IReadOnlyList<ModelRow>> ModelsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > MostModels)
        {
            throw FairleadException.InvalidArgument("modelIds", ids.Count, FormattableString.Invariant($"at most {MostModels} models"));
        }

        var found = new List<ModelRow>();
        foreach (var id in ids)
        {
            found.Add(await models.GetAsync(
                id ?? throw FairleadException.InvalidArgument("environmentImageRequest.modelIds", null, "name or name:version"),
                cancellationToken));
        }

        return [.. found.DistinctBy(model => model.Id)];
    }

    private async Task<string?> SnapshotAsync(EnvironmentImageRequest request, string? script, CancellationToken cancellationToken)
    {
        if (request.SnapshotUrl is null)
        {
            return script is null
                ? null
                : throw FairleadException.InvalidArgument(
                    "environmentImageRequest.snapshotUrl", null, $"the snapshot that holds the entry script '{script}'");
        }

        var (asset, manifest) = await assets.ReadAsync("environmentImageRequest.snapshotUrl", request.SnapshotUrl, cancellationToken);
        if (script is not null && manifest.Files.All(file => file.Path != script))
        {
            var scripts = manifest.Files.Where(file => file.Path.EndsWith(".py", StringComparison.Ordinal)).Select(file => file.Path).ToList();
            var list = scripts.Count == 0
                ? "no .py file"
                : string.Join(", ", scripts.Take(MostScriptsShown)) + (scripts.Count > MostScriptsShown ? ", …" : "");
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.EntryScriptNotFound,
                400,
                $"The entry script '{script}' is not in the source directory, which has {list}. "
                + "Give its path relative to the source directory, and see that no ignore file leaves it out.",
                [new ErrorDetail(ErrorCodes.EntryScriptNotFound, "is not in the snapshot", "environmentImageRequest.driverProgram")]));
        }

        return asset.Id;
    }

    private static void CheckNoCode(IReadOnlyList<ModelRow> served)
    {
        if (served is [{ Framework: { } framework }] && NoCodeFrameworks.Contains(framework))
        {
            return;
        }

        var why = served switch
        {
            [] => "there is no model",
            [var one] => $"model '{ModelNames.Id(one.Name, one.Version)}' has the framework '{one.Framework ?? "none"}'",
            _ => $"there are {served.Count} models",
        };
        throw new FairleadException(new ErrorDocument(
            ErrorCodes.InvalidArgument,
            400,
            "A service without an entry script serves exactly one model whose framework is "
            + $"{string.Join(" or ", NoCodeFrameworks)}; here {why}. Give an entry script with init() and run() "
            + "('entryScript' of inferenceconfig.json), or register the model with its framework.",
            [new ErrorDetail(ErrorCodes.InvalidArgument, "is needed here", "environmentImageRequest.driverProgram")]));
    }

    private async Task<(EnvironmentDefinition? Definition, EnvironmentReference? Reference)> EnvironmentAsync(
        EnvironmentImageRequest request, CancellationToken cancellationToken)
    {
        if (request.Environment is not null && request.EnvironmentReference is not null)
        {
            throw FairleadException.InvalidArgument(
                "environmentImageRequest.environmentReference", request.EnvironmentReference.Name, "absent when 'environment' is given");
        }

        var (definition, reference) = (request.Environment, request.EnvironmentReference);
        if (reference is not null)
        {
            var found = await environments.GetAsync(reference.Name, reference.Version, cancellationToken);
            (definition, reference) = (found.Definition, new EnvironmentReference(found.Name, found.Version));
        }

        if (definition is not null)
        {
            EnvironmentStore.Check(definition);
            CondaRule.Check(definition);
        }

        return (definition, reference);
    }

    // "./score.py" and "a/../score.py" are what people write; out of the folder is found nowhere.
    private static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
