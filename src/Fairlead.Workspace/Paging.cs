using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Workspace;

/// <summary>Cuts lists into pages that stay right while the list changes: the next page begins after a key, not at a count.</summary>
internal static class Paging
{
    public const string SkipToken = "$skipToken";

    private const int DefaultCount = 100;
    private const int LargestCount = 1000;

    public static int Count(int? given) => given is null or (>= 1 and <= LargestCount)
        ? given ?? DefaultCount
        : throw FairleadException.InvalidArgument(
            "count", given, string.Create(CultureInfo.InvariantCulture, $"from 1 to {LargestCount}"));

    /// <summary>The first page of a sequence that begins after the last page's token.</summary>
    public static async Task<Page<T>> OfAsync<T>(
        HttpRequest request, IAsyncEnumerable<(T Item, string Token)> rest, int count, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        var last = "";
        await foreach (var (item, token) in rest.WithCancellation(cancellationToken))
        {
            if (items.Count == count)
            {
                return new Page<T>(items, Link(request, last));
            }

            items.Add(item);
            last = token;
        }

        return new Page<T>(items);
    }

    private static string Link(HttpRequest request, string token)
    {
        var query = request.Query.Where(pair => !pair.Key.Equals(SkipToken, StringComparison.OrdinalIgnoreCase))
            .Append(KeyValuePair.Create(SkipToken, new StringValues(token)));
        return UriHelper.BuildAbsolute(
            request.Scheme, request.Host, request.PathBase, request.Path, QueryString.Create(query));
    }
}
