using System.Text.Json.Nodes;
using Fairlead.Client.Environments;
using Fairlead.Contracts.Environments;

namespace Fairlead.Client.Configuration;

/// <summary>The image settings that inferenceconfig.json had before environments: runtime, condaFile and their like.</summary>
internal static class LegacyImage
{
    public static EnvironmentDefinition? Read(ConfigObject root, Func<string, string> locate)
    {
        var conda = root.Text("condaFile");
        var image = root.Text("baseImage");
        var steps = root.Text("extraDockerfileSteps") ?? root.Text("extraDockerFileSteps");
        var runtime = root.Text("runtime");
        var registry = root.Object("baseImageRegistry");
        var gpu = root.Flag("enableGpu");
        _ = root.Text("cudaVersion");
        if (runtime is not null and not ("python" or "python-slim"))
        {
            root.Warn("runtime", "is not python; the entry script runs with Python all the same");
        }

        return conda is null && image is null && steps is null && registry is null && gpu is null or false
            ? null
            : Build(conda is null ? null : CondaFile.Read(locate(conda)), image, steps is null ? null : locate(steps), registry, gpu);
    }

    public static EnvironmentDefinition Build(
        JsonObject? conda, string? image, string? stepsFile, ConfigObject? registry, bool? gpu)
    {
        var dockerfile = stepsFile is null ? null : $"FROM {image ?? EnvironmentFolder.DefaultImage}\n{File.ReadAllText(stepsFile)}";
        return new EnvironmentDefinition
        {
            Python = new PythonSection { CondaDependencies = conda },
            Docker = new DockerSection
            {
                Enabled = image is not null || dockerfile is not null,
                BaseImage = dockerfile is null ? image : null,
                BaseDockerfile = dockerfile,
                GpuSupport = gpu,
                BaseImageRegistry = EnvironmentReader.Registry(registry),
            },
        };
    }
}
