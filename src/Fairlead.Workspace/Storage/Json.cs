using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;

namespace Fairlead.Workspace.Storage;

/// <summary>Objects as columns, in their wire form.</summary>
internal static class Json
{
    public static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    public static T Read<T>(string json, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new InvalidOperationException($"A {typeof(T).Name} is stored as null.");

    public static string WriteMap(IReadOnlyDictionary<string, string>? map) =>
        Write(new Dictionary<string, string>(map ?? new Dictionary<string, string>()), ContractsJson.Default.DictionaryStringString);

    public static Dictionary<string, string> ReadMap(string json) => Read(json, ContractsJson.Default.DictionaryStringString);
}
