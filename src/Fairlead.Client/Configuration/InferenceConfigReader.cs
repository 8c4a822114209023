using System.Text.Json.Nodes;
using Fairlead.Client.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Configuration;

/// <summary>Understands both forms of inferenceconfig.json (§2.4).</summary>
internal static class InferenceConfigReader
{
    public static InferenceConfig Read(JsonObject node, string file, string directory)
    {
        var warnings = new List<string>();
        var root = new ConfigObject(node, file, warnings);
        var source = root.Text("sourceDirectory") is { Length: > 0 } given ? Locate(directory, given, Directory.Exists) : null;
        var environment = root.Object("environment") is { } section
            ? EnvironmentReader.Read(section, directory)
            : null;
        var legacy = LegacyImage.Read(root, path => Locate(source ?? directory, path, File.Exists));
        if (environment is not null && legacy is not null)
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument,
                400,
                $"{file}: 'environment' excludes runtime, condaFile, baseImage and the other legacy keys; keep one form");
        }

        root.Warn("schemaFile", "is ignored: schemas come from the entry script");
        var config = new InferenceConfig
        {
            EntryScript = root.Text("entryScript") is { Length: > 0 } script ? script : null,
            SourceDirectory = source,
            BaseDirectory = directory,
            Environment = environment ?? legacy,
            Description = root.Text("description"),
            Warnings = warnings,
        };
        root.WarnOfUnknownKeys();
        return config;
    }

    // Beside the file first; v1 took the current folder, so what is only there is found there.
    internal static string Locate(string directory, string path, Func<string, bool> exists)
    {
        var beside = Path.GetFullPath(Path.Combine(directory, path));
        var here = Path.GetFullPath(path);
        return !exists(beside) && exists(here) ? here : beside;
    }
}
