using System.Text.Json;

namespace Fairlead.Kubernetes.Operating;

/// <summary>Tells whether an object of the cluster still is as it was applied: everything wanted is in it. What the server or
/// others have added does not count.</summary>
internal static class JsonSubset
{
    public static bool Covers(JsonElement live, JsonElement wanted) => wanted.ValueKind switch
    {
        JsonValueKind.Object => live.ValueKind == JsonValueKind.Object && wanted.EnumerateObject().All(member =>
            (live.TryGetProperty(member.Name, out var value) && Covers(value, member.Value)) || IsEmpty(member.Value)),
        JsonValueKind.Array => live.ValueKind == JsonValueKind.Array && CoversItems([.. live.EnumerateArray()], [.. wanted.EnumerateArray()]),
        JsonValueKind.Number => live.ValueKind == JsonValueKind.Number && live.GetDouble().Equals(wanted.GetDouble()),
        _ => JsonElement.DeepEquals(live, wanted),
    };

    // Named items may have company, in any order: that is how the server merges them. Others are a whole.
    private static bool CoversItems(JsonElement[] live, JsonElement[] wanted) => wanted.Length > 0 && wanted.All(HasName)
        ? wanted.All(item => live.Any(other => HasName(other) && NameOf(other) == NameOf(item) && Covers(other, item)))
        : live.Length == wanted.Length && live.Zip(wanted).All(pair => Covers(pair.First, pair.Second));

    private static bool HasName(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String;

    private static string? NameOf(JsonElement item) => item.GetProperty("name").GetString();

    // The server leaves out what says nothing, such as an empty value of a variable.
    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.False => true,
        JsonValueKind.Number => value.GetDouble() == 0,
        _ => false,
    };
}
