namespace Fairlead.Workspace.Models;

/// <summary>A registered model.</summary>
internal sealed class ModelRow
{
    /// <summary>Rises with registration: the order of lists.</summary>
    public long Id { get; set; }

    public required string Name { get; set; }

    public long Version { get; set; }

    public string? Framework { get; set; }

    public string? FrameworkVersion { get; set; }

    /// <summary>Digest of the manifest.</summary>
    public required string Manifest { get; set; }

    public required string MimeType { get; set; }

    public string? Description { get; set; }

    public DateTimeOffset CreatedTime { get; set; }

    public DateTimeOffset ModifiedTime { get; set; }

    public bool Unpack { get; set; }

    public string? RunId { get; set; }

    public string? ExperimentName { get; set; }

    public required string TagsJson { get; set; }

    public required string PropertiesJson { get; set; }

    public string? ResourceRequirementsJson { get; set; }

    public int FileCount { get; set; }

    public long SizeBytes { get; set; }
}
