using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Api;
using Fairlead.Workspace.Assets;
using Fairlead.Workspace.Metadata;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Models;

/// <summary>Registers, finds, changes and removes models.</summary>
internal sealed class ModelRegistry(IDbContextFactory<WorkspaceDb> databases, ManifestStore manifests, TimeProvider time)
    : IDisposable
{
    private static readonly string[] Patchable =
        ["kvTags", "properties", "description", "resourceRequirements", "framework", "frameworkVersion"];

    /// <summary>Versions are allotted one by one: two registrations of a name at a time get different ones.</summary>
    private readonly SemaphoreSlim _versions = new(1, 1);

    public void Dispose() => _versions.Dispose();

    public async Task<ModelRow> RegisterAsync(CreateModelRequest request, CancellationToken cancellationToken)
    {
        ModelNames.Validate(request.Name);
        var framework = request.Framework is null ? null : CanonicalFramework(request.Framework);
        var asset = await manifests.ResolveAsync(request.Url, "url", cancellationToken);
        var now = time.GetUtcNow();
        var row = new ModelRow
        {
            Name = request.Name,
            AssetId = asset.Id,
            MimeType = request.MimeType ?? (request.Unpack ? "application/x-tar" : "application/octet-stream"),
            Framework = framework,
            FrameworkVersion = request.FrameworkVersion,
            Description = request.Description,
            Unpack = request.Unpack,
            RunId = request.RunId,
            ExperimentName = request.ExperimentName,
            KvTags = Copy(request.KvTags),
            Properties = Copy(request.Properties),
            Resources = request.ResourceRequirements,
            FileCount = asset.FileCount,
            SizeBytes = asset.SizeBytes,
            CreatedTime = now,
            ModifiedTime = now,
        };
        await _versions.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var name = await db.ModelNames.FindAsync([row.Name], cancellationToken)
                ?? db.ModelNames.Add(new ModelNameRow { Name = row.Name }).Entity;
            row.Version = ++name.LastVersion;
            db.Models.Add(row);
            await db.SaveChangesAsync(cancellationToken);
            return row;
        }
        finally
        {
            _versions.Release();
        }
    }

    /// <summary>A model by <c>name:version</c>, or the newest by <c>name</c>.</summary>
    public async Task<ModelRow> GetAsync(string id, CancellationToken cancellationToken)
    {
        var (name, version) = ModelNames.ParseId(id);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = version is { } exact
            ? await db.Models.FindAsync([name, exact], cancellationToken)
            : await db.Models.Where(model => model.Name == name).OrderByDescending(model => model.Version)
                .FirstOrDefaultAsync(cancellationToken);
        return row ?? throw await NotFoundAsync(db, id, name, cancellationToken);
    }

    public async Task<ModelRow> PatchAsync(
        string id, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        var found = await GetAsync(id, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = (await db.Models.FindAsync([found.Name, found.Version], cancellationToken))!;
        var after = JsonPatches.Apply(ModelDtos.From(row), ContractsJson.Default.ModelDto, steps, Patchable);
        PropertyRules.CheckAddOnly(row.Properties, after.Properties);
        row.KvTags = Copy(after.KvTags);
        row.Properties = Copy(after.Properties);
        row.Description = after.Description;
        row.Framework = after.Framework is null ? null : CanonicalFramework(after.Framework);
        row.FrameworkVersion = after.FrameworkVersion;
        row.Resources = after.ResourceRequirements;
        row.ModifiedTime = time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return row;
    }

    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        var row = await GetAsync(id, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var users = (await db.Services.AsNoTracking().ToListAsync(cancellationToken))
            .Where(service => service.Spec.Models.Any(model => model.Name == row.Name && model.Version == row.Version))
            .Select(service => service.Name).ToList();
        if (users.Count > 0)
        {
            throw new FairleadException(
                ErrorCodes.ModelInUse, 409,
                $"Model '{ModelNames.Id(row.Name, row.Version)}' is in use by {string.Join(", ", users.Select(name => $"'{name}'"))}: "
                + "delete the service, or deploy it with another version, first.");
        }

        db.Models.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
    }

    private static string CanonicalFramework(string framework) =>
        ModelFrameworks.Find(framework)
        ?? throw FairleadException.InvalidArgument("framework", framework, $"one of {string.Join(", ", ModelFrameworks.All)}");

    private static Dictionary<string, string> Copy(IReadOnlyDictionary<string, string>? values) =>
        values is null ? [] : new Dictionary<string, string>(values);

    private static async Task<FairleadException> NotFoundAsync(
        WorkspaceDb db, string id, string name, CancellationToken cancellationToken)
    {
        var newest = await db.Models.Where(model => model.Name == name)
            .MaxAsync(model => (long?)model.Version, cancellationToken);
        return new FairleadException(
            ErrorCodes.ModelNotFound, 404,
            newest is { } version
                ? $"There is no model '{id}'; the newest version of '{name}' is {version}."
                : $"There is no model '{id}'. 'fairlead model list' shows what is registered.");
    }
}
