using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Models;

namespace Fairlead.Workspace.Services;

/// <summary>What an image request names, found and checked.</summary>
internal sealed record ServiceImage
{
    /// <summary>The request with every version filled in, so that a later update does not move them.</summary>
    public required EnvironmentImageRequest Request { get; init; }

    public string? EntryScript { get; init; }

    /// <summary>Digest of the snapshot's manifest.</summary>
    public string? SnapshotManifest { get; init; }

    public required IReadOnlyList<ModelRow> Models { get; init; }

    public EnvironmentDefinition? Environment { get; init; }

    /// <summary>What the models say they need, for deployments that do not.</summary>
    public ContainerResourceRequirements? ModelResources { get; init; }
}
