using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Snapshots;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Models;

/// <summary>Registers, changes and deletes models.</summary>
internal sealed class ModelStore(WorkspaceDb db, AssetStore assets, TimeProvider time)
{
    private static readonly string[] Mutable = ["kvTags", "properties", "description", "resourceRequirements"];

    public async Task<ModelDto> RegisterAsync(CreateModelRequest request, CancellationToken cancellationToken)
    {
        ModelNames.Validate(request.Name);
        var framework = request.Framework is null
            ? null
            : ModelFrameworks.Find(request.Framework) ?? throw FairleadException.InvalidArgument(
                "framework", request.Framework, "one of " + string.Join(", ", ModelFrameworks.All));
        var (asset, _) = await assets.ReadAsync("url", request.Url, cancellationToken);
        if (asset.FileCount == 0)
        {
            throw FairleadException.InvalidArgument("url", request.Url, "an asset with at least one file");
        }

        // Immediate: of two registrations the second waits here, before it reads the version.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var name = await db.ModelNames.FindAsync([request.Name], cancellationToken);
        if (name is null)
        {
            db.ModelNames.Add(name = new ModelNameRow { Name = request.Name });
        }

        var now = time.GetUtcNow();
        var row = new ModelRow
        {
            Name = request.Name,
            Version = ++name.LastVersion,
            Framework = framework,
            FrameworkVersion = request.FrameworkVersion,
            Manifest = asset.Id,
            MimeType = request.MimeType ?? (request.Unpack ? "application/x-tar" : "application/octet-stream"),
            Description = request.Description,
            CreatedTime = now,
            ModifiedTime = now,
            Unpack = request.Unpack,
            RunId = request.RunId,
            ExperimentName = request.ExperimentName,
            TagsJson = Json.WriteMap(request.KvTags),
            PropertiesJson = Json.WriteMap(request.Properties),
            ResourceRequirementsJson = request.ResourceRequirements is null
                ? null
                : Json.Write(request.ResourceRequirements, ContractsJson.Default.ContainerResourceRequirements),
            FileCount = asset.FileCount,
            SizeBytes = asset.SizeBytes,
        };
        db.Models.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row.ToDto();
    }

    /// <summary>By <c>name:version</c>, or the newest by <c>name</c>.</summary>
    public async Task<ModelRow> GetAsync(string id, CancellationToken cancellationToken)
    {
        var (name, version) = ModelNames.ParseId(id);
        return await db.Models.Where(row => row.Name == name && (version == null || row.Version == version))
                .OrderByDescending(row => row.Version).FirstOrDefaultAsync(cancellationToken)
            ?? throw new FairleadException(
                ErrorCodes.ModelNotFound,
                404,
                version is null
                    ? $"There is no model named '{name}'. Names are case-sensitive; GET /models lists all."
                    : $"There is no model '{id}'{await NewestAsync(name, cancellationToken)}.");
    }

    public async Task<ModelDto> PatchAsync(string id, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await GetAsync(id, cancellationToken);
        var before = row.ToDto();
        var node = (JsonObject)JsonSerializer.SerializeToNode(before, ContractsJson.Default.ModelDto)!;
        var after = JsonPatch.Apply(node, steps, Mutable).Deserialize(ContractsJson.Default.ModelDto)!;
        Labels.CheckPropertiesGrow(before.Properties, after.Properties ?? new Dictionary<string, string>());
        row.TagsJson = Json.WriteMap(after.KvTags);
        row.PropertiesJson = Json.WriteMap(after.Properties);
        row.Description = after.Description;
        row.ResourceRequirementsJson = after.ResourceRequirements is null
            ? null
            : Json.Write(after.ResourceRequirements, ContractsJson.Default.ContainerResourceRequirements);
        row.ModifiedTime = time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row.ToDto();
    }

    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var row = await GetAsync(id, cancellationToken);
        var users = await db.ServiceModels
            .Where(use => use.ModelName == row.Name && use.ModelVersion == row.Version)
            .Select(use => use.ServiceName).Distinct().OrderBy(name => name).ToListAsync(cancellationToken);
        if (users.Count > 0)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.ModelInUse,
                409,
                $"Model '{ModelNames.Id(row.Name, row.Version)}' is used by {string.Join(", ", users)}. "
                + "Delete these services first, or update them to another model.",
                [.. users.Select(user => new ErrorDetail(ErrorCodes.ModelInUse, "uses the model", user))]));
        }

        db.Models.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<string> NewestAsync(string name, CancellationToken cancellationToken)
    {
        var newest = await db.Models.Where(row => row.Name == name).MaxAsync(row => (long?)row.Version, cancellationToken);
        return newest is null
            ? $", nor another version of '{name}'"
            : string.Create(CultureInfo.InvariantCulture, $"; the newest version of '{name}' is {newest}");
    }
}
