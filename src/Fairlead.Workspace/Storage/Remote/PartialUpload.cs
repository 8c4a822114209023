using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>
/// What a broken upload has left: parts that the store holds, the hash of their bytes, and bytes that are no whole part.
/// An object of its own, so that any workspace may go on with it.
/// </summary>
internal sealed record PartialUpload
{
    /// <summary>What the parts belong to; null while there are none.</summary>
    public string? Upload { get; init; }

    public int PartBytes { get; init; }

    public List<string> Parts { get; init; } = [];

    /// <summary>SHA-256 over the parts, unfinished.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Bytes after the last part.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Tail { get; init; }

    [JsonIgnore]
    public long Bytes => PartsBytes + Tail.Length;

    [JsonIgnore]
    public long PartsBytes => (long)PartBytes * Parts.Count;

    /// <summary>The length of the JSON, the JSON, the tail.</summary>
    public byte[] Write()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, PartialUploadJson.Default.PartialUpload);
        var all = new byte[4 + json.Length + Tail.Length];
        BinaryPrimitives.WriteInt32BigEndian(all, json.Length);
        json.CopyTo(all, 4);
        Tail.CopyTo(all.AsMemory(4 + json.Length));
        return all;
    }

    public static PartialUpload Read(ReadOnlyMemory<byte> all)
    {
        var json = BinaryPrimitives.ReadInt32BigEndian(all.Span);
        return JsonSerializer.Deserialize(all.Span.Slice(4, json), PartialUploadJson.Default.PartialUpload)! with { Tail = all[(4 + json)..] };
    }
}

[JsonSerializable(typeof(PartialUpload))]
internal sealed partial class PartialUploadJson : JsonSerializerContext;
