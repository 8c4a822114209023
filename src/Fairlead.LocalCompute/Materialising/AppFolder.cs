namespace Fairlead.LocalCompute.Materialising;

/// <summary>The working folder of a generation (§3.6).</summary>
/// <param name="Root">Becomes <c>AML_APP_ROOT</c>.</param>
/// <param name="ModelDirectory">Becomes <c>AZUREML_MODEL_DIR</c>; empty without models.</param>
internal sealed record AppFolder(string Root, string ModelDirectory)
{
    public const string ModelsFolder = "azureml-models";

    /// <summary>One model: its own folder; several: the folder of all.</summary>
    public static AppFolder At(string root, IReadOnlyList<Contracts.Services.ServedModel> models) => new(root, models.Count switch
    {
        0 => "",
        1 => Path.Combine(root, RelativeFolderOf(models[0])),
        _ => Path.Combine(root, ModelsFolder),
    });

    public static string RelativeFolderOf(Contracts.Services.ServedModel model) =>
        Path.Combine(ModelsFolder, model.Name, model.Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
