using System.Globalization;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Services;

/// <summary>The orders of <c>GET /services</c> (§6.2); names break ties, so that every service has one place.</summary>
internal static class ServiceOrder
{
    /// <summary>What comes after a token, with the token of each. Services are few: they are sorted here.</summary>
    public static IEnumerable<(ServiceRow Row, string Token)> Sort(IEnumerable<ServiceRow> rows, string? orderBy, string? after)
    {
        var order = orderBy?.ToUpperInvariant();
        Func<ServiceRow, string> place = order switch
        {
            null => row => row.Name,
            "CREATEDATASC" or "CREATEDATDESC" => row => At(row.CreatedTime, row),
            "UPDATEDATASC" or "UPDATEDATDESC" => row => At(row.UpdatedTime, row),
            _ => throw FairleadException.InvalidArgument(
                "orderby", orderBy, "CreatedAtDesc, CreatedAtAsc, UpdatedAtDesc or UpdatedAtAsc"),
        };
        var direction = order is "CREATEDATDESC" or "UPDATEDATDESC" ? -1 : 1;
        return rows.Select(row => (Row: row, Token: place(row)))
            .Where(item => after is null || direction * string.CompareOrdinal(item.Token, after) > 0)
            .Order(Comparer<(ServiceRow Row, string Token)>.Create(
                (left, right) => direction * string.CompareOrdinal(left.Token, right.Token)));
    }

    private static string At(DateTimeOffset time, ServiceRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.UtcTicks:D19}_{row.Name}");
}
