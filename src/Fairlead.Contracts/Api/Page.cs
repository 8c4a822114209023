using System.Text.Json.Serialization;

namespace Fairlead.Contracts.Api;

/// <summary>One page of a list (§6.2).</summary>
/// <param name="Value">The items, in the order asked for.</param>
/// <param name="NextLink">Absolute URL of the next page; null on the last.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextLink = null);
