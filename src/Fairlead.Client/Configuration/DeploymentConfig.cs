using Fairlead.Contracts.Api;

namespace Fairlead.Client.Configuration;

/// <summary>deploymentconfig.json (§2.5).</summary>
public sealed record DeploymentConfig
{
    /// <summary><c>AKS</c> or <c>LOCAL</c>; null when the file does not say.</summary>
    public string? ComputeType { get; init; }

    /// <summary>Name of the compute target; null when the file does not say.</summary>
    public string? ComputeTarget { get; init; }

    public required DeploymentSettings Settings { get; init; }

    public AuthKeysDto? Keys { get; init; }

    /// <summary>What the file says that has no effect here.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads a JSON or YAML file.</summary>
    public static DeploymentConfig Read(string path) =>
        DeploymentConfigReader.Read(LenientFile.Read("deployment config file", path), Path.GetFileName(path));
}
