using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Onnx;

/// <summary>Finds the one model file below a folder.</summary>
internal static class OnnxModelFile
{
    private const int MaxListed = 20;

    public static string Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new StartException(
                $"The model folder '{folder}' (AZUREML_MODEL_DIR) does not exist; an ONNX model is served from it.");
        }

        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).ToList();
        var found = files.Where(file => file.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new StartException(
                $"No .onnx file is in the model folder '{folder}'. It has: {List(folder, files)}."),
            _ => throw new StartException(
                $"{found.Count} .onnx files are in the model folder '{folder}', one is needed: {List(folder, found)}. "
                + "Register one of them, or deploy with an entry script."),
        };
    }

    private static string List(string folder, List<string> files) => files.Count == 0
        ? "no file"
        : string.Join(", ", files.Take(MaxListed).Select(file => Path.GetRelativePath(folder, file)))
            + (files.Count > MaxListed ? ", …" : "");
}
