using System.Runtime.CompilerServices;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Workspace.Models;

/// <summary>The query of <c>GET /models</c> (§6.2); <see cref="Latest"/> is ours.</summary>
internal sealed record ModelFilter(
    string? Name,
    string? Framework,
    string? Description,
    string? RunId,
    string? Tags,
    string? Properties,
    bool? Latest,
    string? OrderBy,
    int? Count,
    [property: FromQuery(Name = Paging.SkipToken)] string? After)
{
    /// <summary>What matches, in the order asked for and after the token, read row by row.</summary>
    public async IAsyncEnumerable<(ModelDto Model, string Token)> ReadAsync(
        WorkspaceDb db, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = db.Models.AsNoTracking();
        if (Name is not null)
        {
            rows = rows.Where(row => row.Name == Name);
        }

        if (Framework is not null)
        {
            var framework = ModelFrameworks.Find(Framework) ?? throw FairleadException.InvalidArgument(
                "framework", Framework, "one of " + string.Join(", ", ModelFrameworks.All));
            rows = rows.Where(row => row.Framework == framework);
        }

        if (Description is not null)
        {
            rows = rows.Where(row => row.Description != null && row.Description.Contains(Description));
        }

        if (RunId is not null)
        {
            rows = rows.Where(row => row.RunId == RunId);
        }

        if (Latest == true)
        {
            rows = rows.Where(row => !db.Models.Any(other => other.Name == row.Name && other.Version > row.Version));
        }

        await foreach (var row in ModelOrder.Sort(rows, OrderBy, After).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var model = row.ToDto();
            if (Labels.Match(model.KvTags, Tags) && Labels.Match(model.Properties, Properties))
            {
                yield return (model, ModelOrder.TokenOf(row));
            }
        }
    }
}
