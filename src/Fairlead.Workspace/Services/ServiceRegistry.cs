using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Api;
using Fairlead.Workspace.Metadata;
using Fairlead.Workspace.Models;
using Fairlead.Workspace.Operations;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Services;

/// <summary>
/// Changes services: validates everything, then writes the wanted state and the operation that will bring it about in
/// one transaction.
/// </summary>
internal sealed class ServiceRegistry(
    IDbContextFactory<WorkspaceDb> databases, SpecBuilder specs, ServiceKeys keys, ComputeTargets computes,
    OperationQueue operations, TimeProvider time)
{
    private static readonly string[] ComputeTypes = ["AKS", "LOCAL", "ACI"];

    private static readonly string[] Patchable =
        [.. ContractsJson.Default.ServiceSettingsDto.Properties.Select(property => property.Name)];

    public async Task<ServiceRow> GetAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, name, cancellationToken) ?? throw NotFound(name);
    }

    public async Task<ServiceRow> CreateAsync(CreateServiceRequest request, CancellationToken cancellationToken)
    {
        ServiceNames.Validate(request.Name);
        var computeType = ComputeTypes.FirstOrDefault(
            type => string.Equals(type, request.ComputeType, StringComparison.OrdinalIgnoreCase))
            ?? throw FairleadException.InvalidArgument("computeType", request.ComputeType, string.Join(", ", ComputeTypes));
        var compute = computes.Get(request.ComputeName);

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, request.Name, cancellationToken) is { } existing)
        {
            return request.Overwrite
                ? await OverwriteAsync(db, existing, request, cancellationToken)
                : throw new FairleadException(
                    ErrorCodes.ServiceAlreadyExists, 409,
                    $"Service '{request.Name}' exists. Deploy over it with --overwrite (it keeps its URL and keys), or change "
                    + "it with 'fairlead service update'.");
        }

        var spec = await specs.BuildAsync(
            request with { EnvironmentImageRequest = request.EnvironmentImageRequest ?? new EnvironmentImageRequest() },
            new ScoringServiceSpec(), cancellationToken);
        var now = time.GetUtcNow();
        var operation = NewOperation(OperationKind.Create, request.Name, now);
        var row = new ServiceRow
        {
            Name = request.Name,
            ComputeType = computeType,
            ComputeName = compute.Name,
            Description = request.Description,
            KvTags = Copy(request.KvTags),
            Properties = Copy(request.Properties),
            Generation = 1,
            Spec = spec,
            Image = request.EnvironmentImageRequest,
            PrimaryKey = keys.Protect(request.Keys?.PrimaryKey, "keys.primaryKey"),
            SecondaryKey = keys.Protect(request.Keys?.SecondaryKey, "keys.secondaryKey"),
            OperationId = operation.Id,
            CreatedTime = now,
            UpdatedTime = now,
        };
        db.Services.Add(row);
        await SaveAsync(db, operation, cancellationToken);
        return row;
    }

    public async Task<ServiceRow> PatchAsync(
        string name, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await FindAsync(db, name, cancellationToken) ?? throw NotFound(name);
        var wanted = JsonPatches.Apply(ServiceDtos.Settings(row), ContractsJson.Default.ServiceSettingsDto, steps, Patchable);
        PropertyRules.CheckAddOnly(row.Properties, wanted.Properties ?? new Dictionary<string, string>());
        var changesImage = steps.Any(step => step.Path.StartsWith("/environmentImageRequest", StringComparison.Ordinal));
        return await ChangeAsync(
            db, row, changesImage ? wanted : wanted with { EnvironmentImageRequest = null },
            row.Spec with { NumReplicas = wanted.NumReplicas }, cancellationToken);
    }

    public async Task<OperationRow> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await FindAsync(db, name, cancellationToken) ?? throw NotFound(name);
        await RefuseWhenBusyAsync(db, row, cancellationToken);
        var operation = NewOperation(OperationKind.Delete, name, time.GetUtcNow());
        row.OperationId = operation.Id;
        row.Revision++;
        await SaveAsync(db, operation, cancellationToken);
        return operation;
    }

    public async Task<AuthKeysDto> RegenerateKeyAsync(
        string name, RegenerateKeyRequest request, CancellationToken cancellationToken)
    {
        var isPrimary = request.KeyType?.ToUpperInvariant() switch
        {
            "PRIMARY" => true,
            "SECONDARY" => false,
            _ => throw FairleadException.InvalidArgument("keyType", request.KeyType, "Primary or Secondary"),
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await FindAsync(db, name, cancellationToken) ?? throw NotFound(name);
        var key = keys.Protect(request.KeyValue, "keyValue");
        if (isPrimary)
        {
            row.PrimaryKey = key;
        }
        else
        {
            row.SecondaryKey = key;
        }

        row.Revision++;
        await SaveOrConflictAsync(db, cancellationToken);

        // The same generation with other keys: takes effect without a rollout.
        await computes.Get(row.ComputeName).ApplyAsync(ToScoringService(row), cancellationToken);
        return Reveal(row);
    }

    public AuthKeysDto Reveal(ServiceRow row) => new(keys.Reveal(row.PrimaryKey), keys.Reveal(row.SecondaryKey));

    public ScoringService ToScoringService(ServiceRow row) => new()
    {
        Name = row.Name,
        Generation = row.Generation,
        Spec = row.Spec,
        Secret = keys.Secret(row.PrimaryKey, row.SecondaryKey),
    };

    private async Task<ServiceRow> OverwriteAsync(
        WorkspaceDb db, ServiceRow row, CreateServiceRequest request, CancellationToken cancellationToken)
    {
        // A deployment says all it wants: what it leaves out is the default, not what was there.
        var wanted = request with
        {
            EnvironmentImageRequest = request.EnvironmentImageRequest ?? new EnvironmentImageRequest(),
            KvTags = request.KvTags ?? new Dictionary<string, string>(),
            Properties = Merged(row.Properties, request.Properties),
        };
        PropertyRules.CheckAddOnly(row.Properties, wanted.Properties!);
        if (request.Keys?.PrimaryKey is { } primary)
        {
            row.PrimaryKey = keys.Protect(primary, "keys.primaryKey");
        }

        if (request.Keys?.SecondaryKey is { } secondary)
        {
            row.SecondaryKey = keys.Protect(secondary, "keys.secondaryKey");
        }

        return await ChangeAsync(db, row, wanted, new ScoringServiceSpec(), cancellationToken);
    }

    private async Task<ServiceRow> ChangeAsync(
        WorkspaceDb db, ServiceRow row, ServiceSettingsDto wanted, ScoringServiceSpec before, CancellationToken cancellationToken)
    {
        await RefuseWhenBusyAsync(db, row, cancellationToken);
        row.Spec = await specs.BuildAsync(wanted, before, cancellationToken);
        row.Image = wanted.EnvironmentImageRequest ?? row.Image;
        row.Description = wanted.Description ?? row.Description;
        row.KvTags = Copy(wanted.KvTags ?? row.KvTags);
        row.Properties = Copy(wanted.Properties ?? row.Properties);
        row.Generation++;
        row.Revision++;
        row.UpdatedTime = time.GetUtcNow();
        var operation = NewOperation(OperationKind.Update, row.Name, row.UpdatedTime);
        row.OperationId = operation.Id;
        await SaveAsync(db, operation, cancellationToken);
        return row;
    }

    private async Task SaveAsync(WorkspaceDb db, OperationRow operation, CancellationToken cancellationToken)
    {
        db.Operations.Add(operation);
        await SaveOrConflictAsync(db, cancellationToken);
        operations.Wake();
    }

    private static async Task SaveOrConflictAsync(WorkspaceDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (
            exception is DbUpdateConcurrencyException
            || exception.InnerException is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 19 })
        {
            throw new FairleadException(
                ErrorCodes.ServiceBusy, 409, "Another request changed the service at the same moment: try again.", exception);
        }
    }

    private static async Task RefuseWhenBusyAsync(WorkspaceDb db, ServiceRow row, CancellationToken cancellationToken)
    {
        var running = await db.Operations.AsNoTracking().FirstOrDefaultAsync(
            operation => operation.Id == row.OperationId && operation.EndTime == null, cancellationToken);
        if (running is not null)
        {
            throw new FairleadException(
                ErrorCodes.ServiceBusy, 409,
                $"Service '{row.Name}' is busy with operation {running.Id} ({running.Kind.ToString().ToLowerInvariant()}): wait "
                + "until it has ended.");
        }
    }

    private static Task<ServiceRow?> FindAsync(WorkspaceDb db, string name, CancellationToken cancellationToken) =>
        db.Services.FirstOrDefaultAsync(row => row.Name == name, cancellationToken);

    private static FairleadException NotFound(string name) => new(
        ErrorCodes.ServiceNotFound, 404, $"There is no service '{name}'. 'fairlead service list' shows what is deployed.");

    private static OperationRow NewOperation(OperationKind kind, string service, DateTimeOffset now) => new()
    {
        Id = Guid.NewGuid().ToString(),
        Kind = kind,
        Service = service,
        State = OperationState.NotStarted,
        CreatedTime = now,
    };

    private static Dictionary<string, string> Copy(IReadOnlyDictionary<string, string>? values) =>
        values is null ? [] : new Dictionary<string, string>(values);

    private static Dictionary<string, string> Merged(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string>? added)
    {
        var merged = new Dictionary<string, string>(before);
        foreach (var (key, value) in added ?? new Dictionary<string, string>())
        {
            merged[key] = value;
        }

        return merged;
    }
}
