using Fairlead.Contracts.Api;
using Fairlead.Workspace.Operations;
using Fairlead.Workspace.Services;
using Fairlead.Workspace.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Endpoints;

/// <summary>Keeps what is in force at an endpoint in step with its versions. Every step may be done twice.</summary>
internal sealed class EndpointTraffic(IDbContextFactory<WorkspaceDb> databases, ServiceApplier applier)
{
    /// <summary>A version's deployment has ended: from now on it gets its share, once it has been ready.</summary>
    public async Task DeployedAsync(string service, bool succeeded, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(db, service, cancellationToken) is not { } version)
        {
            return;
        }

        version.HasServed |= succeeded;
        await PlanAsync(db, version.Endpoint, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await applier.ApplyAsync(version.Endpoint, cancellationToken);
    }

    /// <summary>A service is about to be removed: if it is a version, no request is sent to it when this returns.</summary>
    public Task LeavingAsync(string service, CancellationToken cancellationToken) => DeployedAsync(service, false, cancellationToken);

    /// <summary>The services that go with an endpoint; none for a service.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(string endpoint, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.EndpointVersions.Where(version => version.Endpoint == endpoint)
            .Select(version => version.Service).ToListAsync(cancellationToken);
    }

    /// <summary>Writes the split that follows from the versions into the endpoint's spec; the caller saves and applies.</summary>
    public static async Task PlanAsync(WorkspaceDb db, string endpoint, CancellationToken cancellationToken)
    {
        var row = await db.Services.FirstOrDefaultAsync(service => service.Name == endpoint, cancellationToken);
        if (row is null)
        {
            return;
        }

        // Those in memory are the newest: the caller may have changed, added or removed some.
        await db.EndpointVersions.Where(version => version.Endpoint == endpoint).LoadAsync(cancellationToken);
        var versions = db.EndpointVersions.Local.Where(version => version.Endpoint == endpoint);
        var spec = row.Spec();
        if (TrafficPlan.Build(versions, spec.Traffic, spec.Traffic?.StickyHeader) is not { } split)
        {
            return;
        }

        var planned = Json.Write(spec with { Traffic = split }, ContractsJson.Default.ScoringServiceSpec);
        if (planned != row.SpecJson)
        {
            row.SpecJson = planned;
            row.Generation++;
        }
    }

    private static Task<EndpointVersionRow?> FindAsync(WorkspaceDb db, string service, CancellationToken cancellationToken) =>
        db.EndpointVersions.FirstOrDefaultAsync(version => version.Service == service, cancellationToken);
}
