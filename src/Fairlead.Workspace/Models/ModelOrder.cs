using System.Globalization;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Models;

/// <summary>The orders of a list, each total, so that a page can begin after a row even when that row is gone.</summary>
internal static class ModelOrder
{
    public static string TokenOf(ModelRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.ModifiedTime.UtcTicks}_{row.Id}");

    // Ids rise with creation, so they are that order, without ties.
    public static IQueryable<ModelRow> Sort(IQueryable<ModelRow> rows, string? orderBy, string? after)
    {
        var (time, id) = after is null ? (default, 0) : Parse(after);
        var all = after is null;
        return orderBy?.ToUpperInvariant() switch
        {
            null or "CREATEDATDESC" => rows.Where(row => all || row.Id < id).OrderByDescending(row => row.Id),
            "CREATEDATASC" => rows.Where(row => all || row.Id > id).OrderBy(row => row.Id),
            "UPDATEDATDESC" => rows
                .Where(row => all || row.ModifiedTime < time || (row.ModifiedTime == time && row.Id < id))
                .OrderByDescending(row => row.ModifiedTime).ThenByDescending(row => row.Id),
            "UPDATEDATASC" => rows
                .Where(row => all || row.ModifiedTime > time || (row.ModifiedTime == time && row.Id > id))
                .OrderBy(row => row.ModifiedTime).ThenBy(row => row.Id),
            _ => throw FairleadException.InvalidArgument(
                "orderBy", orderBy, "CreatedAtDesc, CreatedAtAsc, UpdatedAtDesc or UpdatedAtAsc"),
        };
    }

    private static (DateTimeOffset Time, long Id) Parse(string token)
    {
        var parts = token.Split('_');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? (new DateTimeOffset(ticks, TimeSpan.Zero), id)
                : throw FairleadException.InvalidArgument(Paging.SkipToken, token, "the one of a nextLink");
    }
}
