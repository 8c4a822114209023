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

        var self = NameOf(folder);
        return
        [
            .. found.GroupBy(file => self.Version is null ? OwnerOf(folder, file) : (null, null))
                .Select(group => One(folder, group.Key, [.. group], self)),
        ];
    }

    /// <summary>Name and version of a folder that ends in them; no version: it does not.</summary>
    private static (string? Name, string? Version) NameOf(string folder)
    {
        var self = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return IsVersion(self.Name) && self.Parent is { Parent: not null } parent ? (parent.Name, self.Name) : (null, null);
    }

    /// <summary>Name and version of the model a file belongs to; no name: the folder itself is the model.</summary>
    private static (string? Name, string? Version) OwnerOf(string folder, string file) =>
        Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar) is [var name, var version, _, ..]
        && IsVersion(version) ? (name, version) : (null, null);

    private static ModelFile One(
        string folder, (string? Name, string? Version) owner, List<string> files, (string? Name, string? Version) self)
    {
        if (files.Count > 1)
        {
            var where = owner.Name is null ? folder : Path.Combine(folder, owner.Name, owner.Version!);
            throw new StartException(
                $"{files.Count} .onnx files are in the model folder '{where}', one is needed: {List(where, files)}. "
                + "Register each as a model, or deploy with an entry script.");
        }

        return new ModelFile(
            owner.Name ?? self.Name ?? Path.GetFileNameWithoutExtension(files[0]), owner.Version ?? self.Version, files[0]);
    }

    private static bool IsVersion(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string List(string folder, List<string> files) => files.Count == 0
        ? "no file"
        : string.Join(", ", files.Take(MaxListed).Select(file => Path.GetRelativePath(folder, file)))
            + (files.Count > MaxListed ? ", …" : "");
}
