using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;

namespace Fairlead.Cli.Deploying;

/// <summary>What is to run in a service, from flags and inferenceconfig.json, before anything is uploaded.</summary>
internal sealed record DeploymentImage
{
    public IReadOnlyList<string> Models { get; init; } = [];

    public bool HasModels { get; init; }

    public string? EntryScript { get; init; }

    /// <summary>Whether the script comes from a file, and so may be named relative to it.</summary>
    public bool IsScriptOfConfig { get; init; }

    public string? SourceDirectory { get; init; }

    public required string BaseDirectory { get; init; }

    public EnvironmentReference? EnvironmentReference { get; init; }

    public EnvironmentDefinition? Environment { get; init; }

    public bool UseIgnoreFiles { get; init; } = true;

    /// <summary>Whether anything is said about it at all.</summary>
    public bool IsEmpty =>
        !HasModels && EntryScript is null && SourceDirectory is null && EnvironmentReference is null && Environment is null;
}
