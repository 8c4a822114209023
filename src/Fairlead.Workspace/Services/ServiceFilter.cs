using System.Runtime.CompilerServices;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Computes;
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
    int? Count,
    [property: FromQuery(Name = Paging.SkipToken)] string? After)
{
    /// <summary>What matches, by name and after the token.</summary>
    public async IAsyncEnumerable<(ServiceDto Service, string Token)> ReadAsync(
        WorkspaceDb db, ComputeTargets computes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = db.Services.AsNoTracking().Where(row => After == null || string.Compare(row.Name, After) > 0);
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

        foreach (var row in await rows.OrderBy(row => row.Name).ToListAsync(cancellationToken))
        {
            var service = await ServiceReader.ToDtoAsync(db, computes, row, cancellationToken);
            if (Labels.Match(service.KvTags, Tags) && Labels.Match(service.Properties, Properties))
            {
                yield return (service, row.Name);
            }
        }
    }
}
