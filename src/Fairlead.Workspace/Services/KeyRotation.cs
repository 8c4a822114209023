using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Endpoints;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Services;

/// <summary>Replaces one key of a service; the other goes on working, so callers can move over.</summary>
internal sealed class KeyRotation(WorkspaceDb db, ServiceKeys keys, ServiceApplier applier)
{
    public async Task<AuthKeysDto> RegenerateAsync(
        string name, RegenerateKeyRequest request, CancellationToken cancellationToken)
    {
        var isPrimary = request.KeyType?.ToUpperInvariant() switch
        {
            "PRIMARY" => true,
            "SECONDARY" => false,
            _ => throw FairleadException.InvalidArgument("keyType", request.KeyType, "Primary or Secondary"),
        };
        var key = keys.Protect("keyValue", request.KeyValue);
        ServiceRow row;
        List<ServiceRow> members;
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            row = await db.Services.FirstOrDefaultAsync(service => service.Name == name, cancellationToken)
                ?? throw ServiceErrors.NotFound(name);
            if (await OperationQueue.FindRunningAsync(db, row, cancellationToken) is { OperationType: OperationRow.DeleteType } deletion)
            {
                throw ServiceErrors.Busy(name, deletion.Id);
            }

            await EndpointErrors.RefuseVersionAsync(db, row, cancellationToken);
            (row.PrimaryKey, row.SecondaryKey) = isPrimary ? (key, row.SecondaryKey) : (row.PrimaryKey, key);

            // The versions of an endpoint open with its keys.
            members = await db.Services.Where(service => db.EndpointVersions.Any(
                version => version.Endpoint == name && version.Service == service.Name)).ToListAsync(cancellationToken);
            members.ForEach(member => (member.PrimaryKey, member.SecondaryKey) = (row.PrimaryKey, row.SecondaryKey));
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        // The same generation: nothing is rolled out, only the secret is taken.
        foreach (var changed in members.Prepend(row))
        {
            await applier.ApplyAsync(changed.Name, cancellationToken);
        }

        return keys.Reveal(row);
    }
}
