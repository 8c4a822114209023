using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Fairlead.Workspace.Api;

/// <summary>
/// Cuts a list into pages: <c>count</c> items after <c>$skipToken</c> (§6.2). The token names the last item that was
/// given, and its place for when that very item has gone, so that no other item is left out or given twice.
/// </summary>
internal static class Paging
{
    private const int DefaultCount = 100;
    private const int MaxCount = 1000;

    public static Page<TDto> Page<TRow, TDto>(
        IReadOnlyList<TRow> rows, HttpRequest request, int? count, string? skipToken, Func<TRow, string> key,
        Func<TRow, TDto> toDto)
    {
        var take = count ?? DefaultCount;
        if (take is < 1 or > MaxCount)
        {
            throw FairleadException.InvalidArgument("count", count, $"from 1 to {MaxCount}");
        }

        var skip = skipToken is null ? 0 : Start(rows, skipToken, key);
        var page = rows.Skip(skip).Take(take).ToList();
        var end = skip + page.Count;
        return new Page<TDto>(
            [.. page.Select(toDto)],
            end < rows.Count ? NextLink(request, string.Create(CultureInfo.InvariantCulture, $"{end - 1}.{key(page[^1])}")) : null);
    }

    private static int Start<TRow>(IReadOnlyList<TRow> rows, string token, Func<TRow, string> key)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !int.TryParse(token.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            throw FairleadException.InvalidArgument("$skipToken", token, "one that an earlier page gave in its nextLink");
        }

        var last = token[(dot + 1)..];
        for (var i = 0; i < rows.Count; i++)
        {
            if (key(rows[i]) == last)
            {
                return i + 1;
            }
        }

        return place;
    }

    private static string NextLink(HttpRequest request, string token)
    {
        var query = new QueryBuilder(request.Query
            .Where(pair => pair.Key != "$skipToken")
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value ?? "")))
        {
            { "$skipToken", token },
        };
        return UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, query.ToQueryString());
    }
}
