using System.Runtime.CompilerServices;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Endpoints;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Services;

/// <summary>The query of <c>GET /services</c> (§6.2).</summary>
internal sealed record ServiceFilter(
    string? Name,
    string? ModelName,
    string? ModelId,
    string? ComputeType,
    string? Tags,
    string? Properties,
    string? Orderby,
    int? Count,
    [property: FromQuery(Name = Paging.SkipToken)] string? After)
{
    /// <summary>What matches, in the order asked for (by name unless told) and after the token.</summary>
    public async IAsyncEnumerable<(ServiceDto Service, string Token)> ReadAsync(
        WorkspaceDb db, ComputeTargets computes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Endpoints and their versions have a list of their own.
        var rows = db.Services.AsNoTracking().Where(row => row.ComputeType != EndpointVersionRow.ComputeType
            && !db.EndpointVersions.Any(version => version.Service == row.Name));
        if (Name is not null)
        {
            rows = rows.Where(row => row.Name == Name);
        }

        if (ModelName is not null)
        {
            rows = rows.Where(row => row.Models.Any(model => model.ModelName == ModelName));
        }

        if (ModelId is not null)
        {
            var (name, version) = ModelNames.ParseId(ModelId);
            rows = rows.Where(row => row.Models.Any(
                model => model.ModelName == name && (version == null || model.ModelVersion == version)));
        }

        if (ComputeType is not null)
        {
            var type = ComputeType.ToUpperInvariant();
            rows = rows.Where(row => row.ComputeType == type);
        }

        foreach (var (row, token) in ServiceOrder.Sort(await rows.ToListAsync(cancellationToken), Orderby, After))
        {
            var service = await ServiceReader.ToDtoAsync(db, computes, row, cancellationToken);
            if (Labels.Match(service.KvTags, Tags) && Labels.Match(service.Properties, Properties))
            {
                yield return (service, token);
            }
        }
    }
}
