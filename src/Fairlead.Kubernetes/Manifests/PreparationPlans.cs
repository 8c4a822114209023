using System.Globalization;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Preparation;
using Fairlead.Contracts.Services;
using Fairlead.Contracts.Storage;
using Fairlead.Kubernetes.Resources;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>What the init container of a replica puts in place.</summary>
internal static class PreparationPlans
{
    /// <summary>Where a volume with the source directory is mounted to be copied: scripts may write beside themselves.</summary>
    public const string SourceVolumeFolder = "/fairlead-source";

    public static PreparationPlan Build(ScoringServiceResource service)
    {
        var spec = service.Spec;
        return new PreparationPlan
        {
            CopyHostTo = Names.HostFolder,
            Root = Names.AppFolder,
            Folders = spec.Source?.PersistentVolumeClaim is null ? [] : new Dictionary<string, string> { [SourceVolumeFolder] = "" },
            Files =
            [
                .. (spec.Source?.Files ?? []).Select(file => Place(file, "")),
                .. spec.Models.SelectMany(model => model.Files.Select(file => Place(file, RelativeFolder(model)))),
            ],
            Texts = new Dictionary<string, string>
            {
                [ModelConfigMap.FileName] = ModelConfigMap.Build(spec.Workspace, [.. spec.Models.Select(Served)]),
            },
        };
    }

    /// <summary>The folder of a model below the app folder (§3.6).</summary>
    public static string RelativeFolder(ModelSource model) => string.Create(
        CultureInfo.InvariantCulture, $"azureml-models/{model.Name}/{model.Version}");

    /// <summary><c>AZUREML_MODEL_DIR</c> (§3.6): one model: its own folder; several: the folder of all.</summary>
    public static string ModelDirectory(ScoringServiceResourceSpec spec) => spec.Models.Count switch
    {
        0 => "",
        1 => Names.AppFolder + "/" + RelativeFolder(spec.Models[0]),
        _ => Names.ModelsFolder,
    };

    private static PreparedFile Place(FileSource file, string folder)
    {
        var name = file.Path ?? (file.Unpack ? "" : FileNames.LastPart(file.Url)!);
        return new PreparedFile(
            file.Url, Digest.Prefix + file.Sha256, string.Join('/', new[] { folder, name }.Where(part => part.Length > 0)), file.Unpack);
    }

    private static ServedModel Served(ModelSource model) => new(model.Name, model.Version, model.Framework, "");
}
