using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Storage;

namespace Fairlead.Workspace.Models;

/// <summary>Rows as callers see them.</summary>
internal static class ModelMapping
{
    public static ModelDto ToDto(this ModelRow row) => new()
    {
        Id = ModelNames.Id(row.Name, row.Version),
        Name = row.Name,
        Version = row.Version,
        Framework = row.Framework,
        FrameworkVersion = row.FrameworkVersion,
        Url = Routes.AssetUrlPrefix + row.Manifest,
        MimeType = row.MimeType,
        Description = row.Description,
        CreatedTime = row.CreatedTime,
        ModifiedTime = row.ModifiedTime,
        Unpack = row.Unpack,
        RunId = row.RunId,
        ExperimentName = row.ExperimentName,
        KvTags = Json.ReadMap(row.TagsJson),
        Properties = Json.ReadMap(row.PropertiesJson),
        ResourceRequirements = row.ResourceRequirementsJson is null
            ? null
            : Json.Read(row.ResourceRequirementsJson, ContractsJson.Default.ContainerResourceRequirements),
        FileCount = row.FileCount,
        SizeBytes = row.SizeBytes,
    };
}
