using System.Text.Json.Nodes;

namespace Fairlead.Contracts.Environments;

/// <summary>
/// What a service runs in: the <c>environment</c> object of inferenceconfig.json and azureml_environment.json
/// (§2.4, §2.6), with its documented defaults (§1.4).
/// </summary>
public sealed record EnvironmentDefinition
{
    /// <summary>Name; names beginning <c>Microsoft</c> or <c>AzureML</c> are reserved.</summary>
    public string? Name { get; init; }

    /// <summary>Version; null before registration.</summary>
    public string? Version { get; init; }

    /// <summary>Variables the scoring host sets for user code. Not part of the environment's hash (§7.2).</summary>
    public IReadOnlyDictionary<string, string> EnvironmentVariables { get; set; } = new Dictionary<string, string>();

    public PythonSection Python { get; set; } = new();

    public DockerSection Docker { get; set; } = new();

    /// <summary>Null or <c>latest</c> (§1.4).</summary>
    public string? InferencingStackVersion { get; init; }

    /// <summary>Kept as given, for round trips.</summary>
    public JsonObject? Spark { get; init; }

    /// <summary>Kept as given, for round trips.</summary>
    public JsonObject? Databricks { get; init; }

    /// <summary>Kept as given, for round trips.</summary>
    public JsonObject? R { get; init; }
}

/// <summary>The Python part of an environment.</summary>
public sealed record PythonSection
{
    /// <summary>Interpreter to use as it is when <see cref="UserManagedDependencies"/>; default <c>python</c>.</summary>
    public string InterpreterPath { get; set; } = "python";

    /// <summary>True: the user has installed everything; nothing is built. Default false.</summary>
    public bool UserManagedDependencies { get; init; }

    /// <summary>A conda YAML file the client inlines into <see cref="CondaDependencies"/>; null after that.</summary>
    public string? CondaDependenciesFile { get; init; }

    /// <summary>A conda specification: <c>{name, channels, dependencies: [..., {pip: [...]}]}</c>.</summary>
    public JsonObject? CondaDependencies { get; init; }

    public string? BaseCondaEnvironment { get; init; }
}

/// <summary>The Docker part of an environment. Local compute ignores it, and says so when a Dockerfile is given.</summary>
public sealed record DockerSection
{
    public bool Enabled { get; init; }

    public string? BaseImage { get; init; }

    /// <summary>Content of a Dockerfile; needs <see cref="BaseImage"/> null (§1.4).</summary>
    public string? BaseDockerfile { get; init; }

    public bool SharedVolumes { get; set; } = true;

    public string? ShmSize { get; init; }

    public IReadOnlyList<string> Arguments { get; set; } = [];

    public bool? GpuSupport { get; init; }

    public BaseImageRegistry? BaseImageRegistry { get; init; }
}

/// <summary>Where a base image is pulled from.</summary>
public sealed record BaseImageRegistry
{
    public string? Address { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }
}
