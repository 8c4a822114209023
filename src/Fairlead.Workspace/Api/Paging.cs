using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Fairlead.Workspace.Api;

/// <summary>Cuts a list into pages: <c>count</c> items after <c>$skipToken</c> (§6.2).</summary>
internal static class Paging
{
    private const int DefaultCount = 100;
    private const int MaxCount = 1000;

    public static Page<TDto> Page<TRow, TDto>(
        IReadOnlyList<TRow> rows, HttpRequest request, int? count, string? skipToken, Func<TRow, TDto> toDto)
    {
        var take = count ?? DefaultCount;
        if (take is < 1 or > MaxCount)
        {
            throw FairleadException.InvalidArgument("count", count, $"from 1 to {MaxCount}");
        }

        var skip = 0;
        if (skipToken is not null && !int.TryParse(skipToken, NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            throw FairleadException.InvalidArgument("$skipToken", skipToken, "one that an earlier page gave as nextLink");
        }

        var page = rows.Skip(skip).Take(take).Select(toDto).ToList();
        return new Page<TDto>(page, skip + page.Count < rows.Count ? NextLink(request, skip + page.Count) : null);
    }

    private static string NextLink(HttpRequest request, int skip)
    {
        var query = new QueryBuilder(request.Query
            .Where(pair => pair.Key != "$skipToken")
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value ?? "")))
        {
            { "$skipToken", skip.ToString(CultureInfo.InvariantCulture) },
        };
        return UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, query.ToQueryString());
    }
}
