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

    /// <summary>An update: what the line does not name of models, code and environment stays.</summary>
    public static EnvironmentImageRequest Merge(ServiceDto current, DeploymentImage image, EnvironmentImageRequest uploaded)
    {
        var before = current.EnvironmentImageRequest ?? new EnvironmentImageRequest();
        var isEnvironmentNamed = uploaded.Environment is not null || uploaded.EnvironmentReference is not null;
        return new EnvironmentImageRequest
        {
            DriverProgram = uploaded.DriverProgram ?? before.DriverProgram,
            SnapshotUrl = uploaded.DriverProgram is null ? before.SnapshotUrl : uploaded.SnapshotUrl,
            ModelIds = image.HasModels ? uploaded.ModelIds : before.ModelIds,
            Environment = isEnvironmentNamed ? uploaded.Environment : before.Environment,
            EnvironmentReference = isEnvironmentNamed ? uploaded.EnvironmentReference : before.EnvironmentReference,
        };
    }
}
