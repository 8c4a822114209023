using System.Text.Json.Serialization;
using Fairlead.Contracts.Models;
using Fairlead.Contracts.Services;

namespace Fairlead.Contracts.Api;

/// <summary>
/// <c>POST /models</c> (§6.2). 200 with the <see cref="ModelDto"/>. The version is the next one of the name.
/// </summary>
public sealed record CreateModelRequest
{
    /// <summary>See <see cref="ModelNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The asset with its files: <see cref="AssetDto.Url"/>.</summary>
    public required string Url { get; init; }

    /// <summary>Kept as given; default <c>application/x-tar</c> for a folder, else <c>application/octet-stream</c>.</summary>
    public string? MimeType { get; init; }

    /// <summary>A value of <see cref="ModelFrameworks"/>.</summary>
    public string? Framework { get; init; }

    public string? FrameworkVersion { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string>? KvTags { get; init; }

    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>Whether the model is a folder.</summary>
    public bool Unpack { get; init; }

    public string? RunId { get; init; }

    public string? ExperimentName { get; init; }

    public ContainerResourceRequirements? ResourceRequirements { get; init; }
}

/// <summary>A registered model (§6.2).</summary>
public sealed record ModelDto
{
    /// <summary><c>name:version</c>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required long Version { get; init; }

    public string? Framework { get; init; }

    public string? FrameworkVersion { get; init; }

    /// <summary><see cref="AssetDto.Url"/> of its files.</summary>
    public required string Url { get; init; }

    public required string MimeType { get; init; }

    public string? Description { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    public required DateTimeOffset ModifiedTime { get; init; }

    public bool Unpack { get; init; }

    public string? RunId { get; init; }

    public string? ExperimentName { get; init; }

    public IReadOnlyDictionary<string, string> KvTags { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>();

    public ContainerResourceRequirements? ResourceRequirements { get; init; }

    public int FileCount { get; init; }

    public long SizeBytes { get; init; }
}

/// <summary>One step of a JSON Patch (RFC 6902), the body of every PATCH is an array of them (§6.2).</summary>
/// <param name="Op"><c>add</c>, <c>replace</c> or <c>remove</c>.</param>
/// <param name="Path">For example <c>/kvTags/owner</c> or <c>/description</c>.</param>
/// <param name="Value">Absent for <c>remove</c>.</param>
public sealed record PatchStep(
    string Op,
    string Path,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] System.Text.Json.Nodes.JsonNode? Value = null);
