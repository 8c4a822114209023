using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Naming;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client.Configuration;

/// <summary>
/// An object of a configuration file: keys in any case, values forgiving of quotes, and a warning for each key that
/// nobody asked for.
/// </summary>
internal sealed class ConfigObject
{
    private readonly JsonObject _node;
    private readonly string _file;
    private readonly string _path;
    private readonly List<string> _warnings;
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    public ConfigObject(JsonObject node, string file, List<string> warnings, string path = "")
    {
        (_node, _file, _warnings, _path) = (node, file, warnings, path);
    }

    public string File => _file;

    /// <summary>The value of a key as it is; null when absent or null.</summary>
    public JsonNode? Raw(string key)
    {
        _asked.Add(key);
        foreach (var (name, value) in _node)
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public bool Has(string key) => Raw(key) is not null;

    public string? Text(string key) => Raw(key) switch
    {
        null => null,
        JsonValue value => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(),
        var other => throw Wrong(key, other, "text"),
    };

    public bool? Flag(string key) => Text(key) is not { } text
        ? null
        : bool.TryParse(text, out var value) ? value : throw Wrong(key, Raw(key), "true or false");

    public int? Whole(string key) => Text(key) is not { } text
        ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(key, Raw(key), "a whole number");

    public double? Number(string key) => Text(key) is not { } text
        ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Wrong(key, Raw(key), "a number");

    public ConfigObject? Object(string key) => Raw(key) switch
    {
        null => null,
        JsonObject value => new ConfigObject(value, _file, _warnings, _path + key + "."),
        var other => throw Wrong(key, other, "an object"),
    };

    public IReadOnlyList<ConfigObject>? Objects(string key) => Raw(key) switch
    {
        null => null,
        JsonArray values => [.. values.Select((value, index) => value is JsonObject item
            ? new ConfigObject(item, _file, _warnings, FormattableString.Invariant($"{_path}{key}[{index}]."))
            : throw Wrong(key, values, "a list of objects"))],
        var other => throw Wrong(key, other, "a list of objects"),
    };

    public JsonObject? Json(string key) => Raw(key) switch
    {
        null => null,
        JsonObject value => (JsonObject)value.DeepClone(),
        var other => throw Wrong(key, other, "an object"),
    };

    public IReadOnlyList<string>? Texts(string key) => Raw(key) switch
    {
        null => null,
        JsonArray values => [.. values.Select(value => value is JsonValue text ? text.ToString() : throw Wrong(key, values, "a list of texts"))],
        var other => throw Wrong(key, other, "a list of texts"),
    };

    public IReadOnlyDictionary<string, string>? Map(string key) => Raw(key) switch
    {
        null => null,
        JsonObject values => values.ToDictionary(
            pair => pair.Key,
            pair => pair.Value is null or JsonValue ? pair.Value?.ToString() ?? "" : throw Wrong(key, values, "texts by name")),
        var other => throw Wrong(key, other, "texts by name"),
    };

    /// <summary>Warns of each key that was not asked for. To be called last.</summary>
    public void WarnOfUnknownKeys()
    {
        foreach (var (key, _) in _node)
        {
            if (!_asked.Contains(key))
            {
                _warnings.Add($"{_file}: unknown key '{_path}{key}' is ignored{NearestName.Hint(key, _asked)}");
            }
        }
    }

    public void Warn(string key, string message)
    {
        if (Has(key))
        {
            _warnings.Add($"{_file}: '{_path}{key}' {message}");
        }
    }

    private FairleadException Wrong(string key, JsonNode? value, string allowed)
    {
        var shown = value?.ToJsonString() ?? "null";
        return new FairleadException(new ErrorDocument(
            ErrorCodes.InvalidArgument,
            400,
            $"{_file}: '{_path}{key}' is {(shown.Length > 60 ? shown[..60] + "…" : shown)}, but must be {allowed}.",
            [new ErrorDetail(ErrorCodes.InvalidArgument, $"must be {allowed}", _path + key)]));
    }
}
