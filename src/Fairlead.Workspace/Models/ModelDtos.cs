using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Metadata;

namespace Fairlead.Workspace.Models;

/// <summary>The wire form of models.</summary>
internal static class ModelDtos
{
    public static ModelDto From(ModelRow row) => new()
    {
        Id = ModelNames.Id(row.Name, row.Version),
        Name = row.Name,
        Version = row.Version,
        Framework = row.Framework,
        FrameworkVersion = row.FrameworkVersion,
        Url = Routes.AssetUrlPrefix + row.AssetId,
        MimeType = row.MimeType,
        Description = row.Description,
        CreatedTime = row.CreatedTime,
        ModifiedTime = row.ModifiedTime,
        Unpack = row.Unpack,
        RunId = row.RunId,
        ExperimentName = row.ExperimentName,
        KvTags = row.KvTags,
        Properties = row.Properties,
        ResourceRequirements = row.Resources,
        FileCount = row.FileCount,
        SizeBytes = row.SizeBytes,
    };
}
