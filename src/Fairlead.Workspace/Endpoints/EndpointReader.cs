using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Endpoints;

/// <summary>Puts together what an endpoint's answer is made of.</summary>
internal static class EndpointReader
{
    /// <summary>To read only.</summary>
    public static async Task<ServiceRow> GetRowAsync(WorkspaceDb db, string name, CancellationToken cancellationToken) =>
        await Rows(db.Services.AsNoTracking()).FirstOrDefaultAsync(row => row.Name == name, cancellationToken)
            ?? throw EndpointErrors.NotFound(name);

    /// <summary>To be changed.</summary>
    public static async Task<ServiceRow> FindRowAsync(WorkspaceDb db, string name, CancellationToken cancellationToken) =>
        await Rows(db.Services).FirstOrDefaultAsync(row => row.Name == name, cancellationToken)
            ?? throw EndpointErrors.NotFound(name);

    public static IQueryable<ServiceRow> Rows(IQueryable<ServiceRow> services) =>
        services.Where(row => row.ComputeType == EndpointVersionRow.ComputeType);

    /// <summary>All versions, also those being deleted, oldest first.</summary>
    public static Task<List<EndpointVersionRow>> VersionsAsync(WorkspaceDb db, string endpoint, CancellationToken cancellationToken) =>
        db.EndpointVersions.Where(version => version.Endpoint == endpoint)
            .OrderBy(version => version.Position).ToListAsync(cancellationToken);

    public static async Task<EndpointDto> ToDtoAsync(
        WorkspaceDb db, ComputeTargets computes, ServiceRow row, CancellationToken cancellationToken)
    {
        var endpoint = await ServiceReader.ToDtoAsync(db, computes, row, cancellationToken);
        var versions = new List<EndpointVersionDto>();

        // In one look: a version may be deleted meanwhile.
        var members = await (
            from version in db.EndpointVersions.AsNoTracking()
            where version.Endpoint == row.Name
            join service in db.Services.AsNoTracking() on version.Service equals service.Name
            orderby version.Position
            select new { version, service }).ToListAsync(cancellationToken);
        foreach (var (version, service) in members.Select(member => (member.version, member.service)))
        {
            versions.Add(new EndpointVersionDto
            {
                Name = version.Name,
                TrafficPercentile = WithoutTrailingZeros(version.TrafficPercentile),
                ShadowPercentile = WithoutTrailingZeros(version.ShadowPercentile),
                IsDefault = version.IsDefault,
                VersionType = version.IsControl ? "control" : "treatment",
                IsRouted = version is { HasServed: true, IsLeaving: false },
                Service = await ServiceReader.ToDtoAsync(db, computes, service, cancellationToken),
            });
        }

        return new EndpointDto
        {
            Name = row.Name,
            ComputeName = row.ComputeName,
            State = versions.Find(version => version.IsDefault)?.Service.State ?? ServiceState.Transitioning,
            Error = endpoint.Error,
            OperationId = row.OperationId,
            CreatedTime = row.CreatedTime,
            UpdatedTime = row.UpdatedTime,
            Description = endpoint.Description,
            KvTags = endpoint.KvTags,
            Properties = endpoint.Properties,
            ScoringUri = endpoint.ScoringUri,
            SwaggerUri = endpoint.SwaggerUri,
            AuthEnabled = endpoint.AuthEnabled,
            AadAuthEnabled = endpoint.AadAuthEnabled,
            TokenIssuers = endpoint.TokenIssuers,
            AppInsightsEnabled = endpoint.AppInsightsEnabled,
            StickyHeader = row.Spec().Traffic?.StickyHeader,
            Versions = versions,
        };
    }

    // A database may give 2.50 back for 2.5.
    private static decimal WithoutTrailingZeros(decimal value) => value / 1.000000000000000000000000000m;
}
