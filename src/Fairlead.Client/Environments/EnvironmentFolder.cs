using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Configuration;
using Fairlead.Client.Models;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Environments;

/// <summary>A folder with <c>azureml_environment.json</c> and <c>conda_dependencies.yml</c> (§2.6).</summary>
public static class EnvironmentFolder
{
    public const string DefinitionFile = "azureml_environment.json";
    public const string CondaFileName = "conda_dependencies.yml";

    /// <summary>The base image of the template (§2.6).</summary>
    public const string DefaultImage = "mcr.microsoft.com/azureml/openmpi3.1.2-ubuntu18.04:20210615.v1";

    /// <summary>Reads a definition with its conda file inlined.</summary>
    public static (EnvironmentDefinition Definition, IReadOnlyList<string> Warnings) Read(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw MissingPath.Error("environment directory", directory);
        }

        var path = Path.Combine(directory, DefinitionFile);
        if (!File.Exists(path))
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument,
                400,
                $"'{directory}' has no {DefinitionFile}; write one with: fairlead environment scaffold -n NAME -d {directory}");
        }

        var warnings = new List<string>();
        var root = new ConfigObject(LenientFile.Read("environment file", path), DefinitionFile, warnings);
        var definition = EnvironmentReader.Read(root, directory);
        var conda = Path.Combine(directory, CondaFileName);
        if (definition.Python is { CondaDependencies: null, UserManagedDependencies: false } && File.Exists(conda))
        {
            definition = definition with { Python = definition.Python with { CondaDependencies = CondaFile.Read(conda) } };
        }

        var dockerfile = Path.Combine(directory, "BaseDockerfile");
        if (definition.Docker is { BaseDockerfile: null, BaseImage: null } && File.Exists(dockerfile))
        {
            definition = definition with
            {
                Docker = definition.Docker with { BaseDockerfile = File.ReadAllText(dockerfile) },
            };
        }

        return (definition, warnings);
    }

    /// <summary>Writes a template. Refused when one is there. Returns the paths written.</summary>
    public static IReadOnlyList<string> Scaffold(string directory, string name) => Write(
        directory,
        new EnvironmentDefinition
        {
            Name = name,
            Python = new PythonSection { CondaDependenciesFile = CondaFileName },
            Docker = new DockerSection { BaseImage = DefaultImage, ShmSize = "2g" },
        },
        """
        # Conda specification. Fairlead's local compute installs the pip section.
        name: project_environment
        channels:
          - conda-forge
        dependencies:
          - python=3.8
          - pip:
            - azureml-defaults
        """ + "\n",
        overwrite: false);

    /// <summary>Writes a registered definition. Returns the paths written.</summary>
    public static IReadOnlyList<string> Save(string directory, EnvironmentDefinition definition, bool overwrite)
    {
        var conda = definition.Python.CondaDependencies;
        var saved = conda is null
            ? definition
            : definition with
            {
                Python = definition.Python with { CondaDependencies = null, CondaDependenciesFile = CondaFileName },
            };
        return Write(directory, saved, conda is null ? null : JsonToYaml.Write(conda), overwrite);
    }

    private static List<string> Write(
        string directory, EnvironmentDefinition definition, string? conda, bool overwrite)
    {
        var files = new List<(string Path, string Content)>
        {
            (Path.Combine(directory, DefinitionFile), Json(definition)),
        };
        if (conda is not null)
        {
            files.Add((Path.Combine(directory, CondaFileName), conda));
        }

        if (!overwrite && files.Find(file => File.Exists(file.Path)) is { Path: not null } existing)
        {
            throw new FairleadException(
                "FileExists", 409, $"'{existing.Path}' exists already; give another folder, or --overwrite where there is one");
        }

        Directory.CreateDirectory(directory);
        foreach (var (path, content) in files)
        {
            File.WriteAllText(path, content);
        }

        return [.. files.Select(file => file.Path)];
    }

    // With the nulls a person may want to fill in, as v1 wrote it.
    private static string Json(EnvironmentDefinition definition)
    {
        var node = (JsonObject)JsonSerializer.SerializeToNode(definition, ContractsJson.Default.EnvironmentDefinition)!;
        node.TryAdd("version", null);
        node.TryAdd("inferencingStackVersion", null);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            node.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
