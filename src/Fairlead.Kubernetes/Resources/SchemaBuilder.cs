using k8s.Models;

namespace Fairlead.Kubernetes.Resources;

/// <summary>Short words for the parts of a structural OpenAPI schema.</summary>
internal static class SchemaBuilder
{
    /// <summary>Bounds are floating point: beyond this one they are no longer what they say.</summary>
    public const long Largest = (1L << 53) - 1;

    public static V1JSONSchemaProps Text(string description, string? value = null) =>
        new() { Type = "string", Description = description, DefaultProperty = value };

    public static V1JSONSchemaProps OneOf(string description, IEnumerable<string> values) =>
        new() { Type = "string", Description = description, EnumProperty = [.. values] };

    public static V1JSONSchemaProps Pattern(string description, string pattern, int? longest = null) =>
        new() { Type = "string", Description = description, Pattern = pattern, MaxLength = longest };

    public static V1JSONSchemaProps Flag(string description, bool value) =>
        new() { Type = "boolean", Description = description, DefaultProperty = value };

    public static V1JSONSchemaProps Whole(string description, long least, long most, long? value = null) =>
        new()
        {
            Type = "integer",
            Format = most > int.MaxValue ? "int64" : "int32",
            Description = description,
            Minimum = least,
            Maximum = most,
            DefaultProperty = value,
        };

    public static V1JSONSchemaProps AboveZero(string description, double? value = null) =>
        new() { Type = "number", Description = description, Minimum = 0, ExclusiveMinimum = true, DefaultProperty = value };

    public static V1JSONSchemaProps Percent(string description) =>
        new() { Type = "number", Description = description, Minimum = 0, Maximum = 100, DefaultProperty = 0 };

    public static V1JSONSchemaProps List(string description, V1JSONSchemaProps items, params string[] mapKeys) =>
        new()
        {
            Type = "array",
            Description = description,
            Items = items,
            XKubernetesListType = mapKeys.Length > 0 ? "map" : null,
            XKubernetesListMapKeys = mapKeys.Length > 0 ? mapKeys : null,
        };

    public static V1JSONSchemaProps Map(string description, V1JSONSchemaProps values) =>
        new() { Type = "object", Description = description, AdditionalProperties = values };

    /// <summary>An object whose members Kubernetes itself defines; the API server checks them when pods are made.</summary>
    public static V1JSONSchemaProps Open(string description) =>
        new() { Type = "object", Description = description, XKubernetesPreserveUnknownFields = true };

    public static V1JSONSchemaProps Group(string description, Dictionary<string, V1JSONSchemaProps> properties, params string[] required) =>
        new()
        {
            Type = "object",
            Description = description,
            Properties = properties,
            Required = required.Length > 0 ? required : null,
        };

    /// <summary>A group that is there when left out, so that the defaults inside it are.</summary>
    public static V1JSONSchemaProps Defaulted(this V1JSONSchemaProps group)
    {
        group.DefaultProperty = new Dictionary<string, string>();
        return group;
    }
}
