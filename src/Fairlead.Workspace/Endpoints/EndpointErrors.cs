using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Endpoints;

/// <summary>Refusals of endpoint requests.</summary>
internal static class EndpointErrors
{
    public static FairleadException NotFound(string name) => new(
        ErrorCodes.EndpointNotFound, 404, $"There is no endpoint '{name}'. GET /endpoints lists those there are.");

    public static FairleadException Exists(string name) => new(
        ErrorCodes.ServiceAlreadyExists, 409,
        $"There is a service or endpoint '{name}' already. Choose another name, or add a version to an endpoint "
        + "(fairlead endpoint realtime create-version).");

    public static FairleadException VersionNotFound(string endpoint, string version, IEnumerable<EndpointVersionRow> versions) => new(
        ErrorCodes.VersionNotFound, 404,
        $"Endpoint '{endpoint}' has no version '{version}'. It has {string.Join(", ", versions.Select(other => other.Name))}.");

    public static FairleadException VersionExists(string endpoint, string version) => new(
        ErrorCodes.VersionAlreadyExists, 409,
        $"Endpoint '{endpoint}' has a version '{version}' already. Update it, or choose another name.");

    public static FairleadException IsDefault(string endpoint, string version) => new(
        ErrorCodes.VersionInUse, 409,
        $"Version '{version}' is the default of endpoint '{endpoint}'. Make another version the default first "
        + $"(fairlead endpoint realtime update-version -n {endpoint} --vn OTHER --is-default true), or delete the endpoint.");

    /// <summary>Services that belong to an endpoint are changed through it, so that one never contradicts the other.</summary>
    public static async Task RefuseMemberAsync(WorkspaceDb db, ServiceRow row, CancellationToken cancellationToken)
    {
        if (row.ComputeType == EndpointVersionRow.ComputeType)
        {
            throw FairleadException.InvalidArgument(
                "name", row.Name, "a service, and this is an endpoint: use /endpoints (fairlead endpoint realtime)");
        }

        await RefuseVersionAsync(db, row, cancellationToken);
    }

    public static async Task RefuseVersionAsync(WorkspaceDb db, ServiceRow row, CancellationToken cancellationToken)
    {
        var version = await db.EndpointVersions.AsNoTracking()
            .FirstOrDefaultAsync(version => version.Service == row.Name, cancellationToken);
        if (version is not null)
        {
            throw FairleadException.InvalidArgument(
                "name", row.Name,
                $"a service of its own, and this is version '{version.Name}' of endpoint '{version.Endpoint}': "
                + "use /endpoints (fairlead endpoint realtime)");
        }
    }
}
