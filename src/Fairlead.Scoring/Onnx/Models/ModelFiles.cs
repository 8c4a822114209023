using System.Globalization;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>Where a model's file is and what it is called.</summary>
/// <param name="Version">Null when the folders say nothing of a version.</param>
internal sealed record ModelFile(string Name, string? Version, string Path);

/// <summary>Finds the models below <c>AZUREML_MODEL_DIR</c>: of one model the folder itself, of several
/// <c>name/version/files</c> (§3.6).</summary>
internal static class ModelFiles
{
    private const int MaxListed = 20;

    public static IReadOnlyList<ModelFile> Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new StartException(
                $"The model folder '{folder}' (AZUREML_MODEL_DIR) does not exist; an ONNX model is served from it.");
        }

        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).ToList();
        var found = files.Where(file => file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)).ToList();
        if (found.Count == 0)
        {
            throw new StartException($"No .onnx file is in the model folder '{folder}'. It has: {List(folder, files)}.");
        }

        return [.. found.GroupBy(file => OwnerOf(folder, file)).Select(group => One(folder, group.Key, [.. group]))];
    }

    /// <summary>Name and version of the model a file belongs to; no name: the folder itself is the model.</summary>
    private static (string? Name, string? Version) OwnerOf(string folder, string file) =>
        Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar) is [var name, var version, _, ..]
        && IsVersion(version) ? (name, version) : (null, null);

    private static ModelFile One(string folder, (string? Name, string? Version) owner, List<string> files)
    {
        if (files.Count > 1)
        {
            var where = owner.Name is null ? folder : Path.Combine(folder, owner.Name, owner.Version!);
            throw new StartException(
                $"{files.Count} .onnx files are in the model folder '{where}', one is needed: {List(where, files)}. "
                + "Register each as a model, or deploy with an entry script.");
        }

        if (owner.Name is not null)
        {
            return new ModelFile(owner.Name, owner.Version, files[0]);
        }

        var self = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return IsVersion(self.Name) && self.Parent?.Name is { Length: > 0 } name && self.Parent.Parent is not null
            ? new ModelFile(name, self.Name, files[0])
            : new ModelFile(Path.GetFileNameWithoutExtension(files[0]), null, files[0]);
    }

    private static bool IsVersion(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string List(string folder, List<string> files) => files.Count == 0
        ? "no file"
        : string.Join(", ", files.Take(MaxListed).Select(file => Path.GetRelativePath(folder, file)))
            + (files.Count > MaxListed ? ", …" : "");
}
