using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace;

/// <summary>Tags and properties: their filters, and the rule that properties only grow (§1.2).</summary>
internal static class Labels
{
    /// <summary>Whether labels satisfy <c>key=value,key</c>: all must hold, a key alone for any value (§6.2).</summary>
    public static bool Match(IReadOnlyDictionary<string, string> labels, string? filters) =>
        string.IsNullOrEmpty(filters) || filters.Split(',').All(filter =>
        {
            var equals = filter.IndexOf('=');
            return equals < 0
                ? labels.ContainsKey(filter)
                : labels.TryGetValue(filter[..equals], out var value)
                    && string.Equals(value, filter[(equals + 1)..], StringComparison.Ordinal);
        });

    /// <summary>The properties there are with those added to them.</summary>
    /// <exception cref="FairleadException">409 <c>PropertyImmutable</c> that names what would change.</exception>
    public static IReadOnlyDictionary<string, string> Grown(
        IReadOnlyDictionary<string, string>? before, IReadOnlyDictionary<string, string>? added)
    {
        var there = before ?? new Dictionary<string, string>();
        var grown = new Dictionary<string, string>(there);
        foreach (var (key, value) in added ?? new Dictionary<string, string>())
        {
            grown[key] = value;
        }

        CheckPropertiesGrow(there, grown);
        return grown;
    }

    /// <exception cref="FairleadException">409 <c>PropertyImmutable</c> that names what would change.</exception>
    public static void CheckPropertiesGrow(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        foreach (var (key, value) in before)
        {
            if (!after.TryGetValue(key, out var now) || !string.Equals(now, value, StringComparison.Ordinal))
            {
                throw new FairleadException(new ErrorDocument(
                    ErrorCodes.PropertyImmutable,
                    409,
                    $"Property '{key}' is '{value}' and cannot be changed or removed. Properties can only be added; "
                    + "use a tag for what changes.",
                    [new ErrorDetail(ErrorCodes.PropertyImmutable, $"is '{value}' for good", $"properties/{key}")]));
            }
        }
    }
}
