using Fairlead.Client.Configuration;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Environments;

/// <summary>Understands the <c>environment</c> object of configuration files, with its documented defaults.</summary>
internal static class EnvironmentReader
{
    public static EnvironmentDefinition Read(ConfigObject root, string directory)
    {
        var python = root.Object("python");
        var docker = root.Object("docker");
        var stack = root.Text("inferencingStackVersion");
        if (stack is not null && !stack.Equals("latest", StringComparison.OrdinalIgnoreCase))
        {
            throw FairleadException.InvalidArgument("inferencingStackVersion", stack, "null or 'latest'");
        }

        var definition = new EnvironmentDefinition
        {
            Name = root.Text("name"),
            Version = root.Text("version"),
            EnvironmentVariables = root.Map("environmentVariables") ?? new Dictionary<string, string>(),
            Python = python is null ? new PythonSection() : Python(python, directory),
            Docker = docker is null ? new DockerSection() : Docker(docker, directory),
            InferencingStackVersion = stack is null ? null : "latest",
            Spark = root.Json("spark"),
            Databricks = root.Json("databricks"),
            R = root.Json("r"),
        };
        root.WarnOfUnknownKeys();
        return definition;
    }

    internal static BaseImageRegistry? Registry(ConfigObject? registry)
    {
        if (registry is null)
        {
            return null;
        }

        var result = new BaseImageRegistry
        {
            Address = registry.Text("address"),
            Username = registry.Text("username"),
            Password = registry.Text("password"),
        };
        _ = registry.Raw("registryIdentity");
        registry.WarnOfUnknownKeys();
        return result is { Address: null, Username: null, Password: null } ? null : result;
    }

    private static PythonSection Python(ConfigObject python, string directory)
    {
        var file = python.Text("condaDependenciesFile");
        var inline = python.Json("condaDependencies");
        if (file is not null && inline is null)
        {
            inline = CondaFile.Read(InferenceConfigReader.Locate(directory, file, File.Exists));
        }

        var section = new PythonSection
        {
            InterpreterPath = python.Text("interpreterPath") ?? "python",
            UserManagedDependencies = python.Flag("userManagedDependencies") ?? false,
            CondaDependencies = inline,
            BaseCondaEnvironment = python.Text("baseCondaEnvironment"),
        };
        python.WarnOfUnknownKeys();
        return section;
    }

    private static DockerSection Docker(ConfigObject docker, string directory)
    {
        var section = new DockerSection
        {
            Enabled = docker.Flag("enabled") ?? false,
            BaseImage = docker.Text("baseImage"),
            BaseDockerfile = Dockerfile(docker.Text("baseDockerfile"), directory),
            SharedVolumes = docker.Flag("sharedVolumes") ?? true,
            ShmSize = docker.Text("shmSize"),
            Arguments = docker.Texts("arguments") ?? [],
            GpuSupport = docker.Flag("gpuSupport"),
            BaseImageRegistry = Registry(docker.Object("baseImageRegistry")),
        };
        _ = docker.Raw("platform");
        docker.WarnOfUnknownKeys();
        if (section is { BaseImage: not null, BaseDockerfile: not null })
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument, 400, $"{docker.File}: 'docker.baseDockerfile' needs 'docker.baseImage' to be null");
        }

        return section;
    }

    // Given as content or as the name of a file (§2.6).
    private static string? Dockerfile(string? given, string directory)
    {
        if (given is null || given.Contains('\n', StringComparison.Ordinal))
        {
            return given;
        }

        var path = InferenceConfigReader.Locate(directory, given, File.Exists);
        return File.Exists(path) ? File.ReadAllText(path) : given;
    }
}
