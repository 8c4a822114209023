namespace Fairlead.Workspace.Api;

/// <summary>The filters of lists: <c>tags=key</c> or <c>tags=key=value</c>, repeated or separated by commas.</summary>
internal static class Filters
{
    public static bool Match(IReadOnlyDictionary<string, string> values, string[]? filters) =>
        (filters ?? []).SelectMany(filter => filter.Split(',', StringSplitOptions.RemoveEmptyEntries)).All(filter =>
        {
            var at = filter.IndexOf('=', StringComparison.Ordinal);
            return at < 0
                ? values.ContainsKey(filter)
                : values.TryGetValue(filter[..at], out var value) && value == filter[(at + 1)..];
        });
}
