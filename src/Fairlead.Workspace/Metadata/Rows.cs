using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Metadata;

/// <summary>A stored set of files; its id is the digest of its manifest.</summary>
internal sealed class AssetRow
{
    public required string Id { get; set; }

    public string? Name { get; set; }

    public int FileCount { get; set; }

    public long SizeBytes { get; set; }

    public DateTimeOffset CreatedTime { get; set; }
}

/// <summary>A version of a model.</summary>
internal sealed class ModelRow
{
    public required string Name { get; set; }

    public long Version { get; set; }

    public required string AssetId { get; set; }

    public required string MimeType { get; set; }

    public string? Framework { get; set; }

    public string? FrameworkVersion { get; set; }

    public string? Description { get; set; }

    public bool Unpack { get; set; }

    public string? RunId { get; set; }

    public string? ExperimentName { get; set; }

    public Dictionary<string, string> KvTags { get; set; } = [];

    public Dictionary<string, string> Properties { get; set; } = [];

    public ContainerResourceRequirements? Resources { get; set; }

    public int FileCount { get; set; }

    public long SizeBytes { get; set; }

    public DateTimeOffset CreatedTime { get; set; }

    public DateTimeOffset ModifiedTime { get; set; }
}

/// <summary>The last version given to a name, so that a deleted one is never given again.</summary>
internal sealed class ModelNameRow
{
    public required string Name { get; set; }

    public long LastVersion { get; set; }
}

/// <summary>A version of a registered environment.</summary>
internal sealed class EnvironmentRow
{
    public required string Name { get; set; }

    public int Version { get; set; }

    public required string Hash { get; set; }

    public required EnvironmentDefinition Definition { get; set; }

    public DateTimeOffset CreatedTime { get; set; }
}

/// <summary>A service's wanted state. What it is now is the compute target's to say.</summary>
internal sealed class ServiceRow
{
    public required string Name { get; set; }

    public required string ComputeType { get; set; }

    public required string ComputeName { get; set; }

    public string? Description { get; set; }

    public Dictionary<string, string> KvTags { get; set; } = [];

    public Dictionary<string, string> Properties { get; set; } = [];

    /// <summary>Raised with each change of <see cref="Spec"/>.</summary>
    public long Generation { get; set; }

    /// <summary>Raised with each change of the row, so that of two writers one is told.</summary>
    public long Revision { get; set; }

    public required ScoringServiceSpec Spec { get; set; }

    public EnvironmentImageRequest? Image { get; set; }

    /// <summary>Encrypted.</summary>
    public required string PrimaryKey { get; set; }

    /// <summary>Encrypted.</summary>
    public required string SecondaryKey { get; set; }

    /// <summary>The newest operation.</summary>
    public required string OperationId { get; set; }

    public DateTimeOffset CreatedTime { get; set; }

    public DateTimeOffset UpdatedTime { get; set; }
}

/// <summary>A long operation, with the lease of the process that carries it out.</summary>
internal sealed class OperationRow
{
    public required string Id { get; set; }

    public OperationKind Kind { get; set; }

    public required string Service { get; set; }

    public OperationState State { get; set; }

    public ErrorDocument? Error { get; set; }

    /// <summary>Who carries it out; null when nobody does.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>When the lease ends unless it is renewed: then another process takes over.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    public DateTimeOffset CreatedTime { get; set; }

    public DateTimeOffset? EndTime { get; set; }
}

/// <summary>What an operation does.</summary>
internal enum OperationKind
{
    Create,
    Update,
    Delete,
}
