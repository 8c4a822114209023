using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Storage;

namespace Fairlead.Client.Tests.Fakes;

/// <summary>Blobs as the wire contract describes them: whole ones, and parts of uploads that broke.</summary>
internal sealed class FakeBlobs
{
    private readonly ConcurrentDictionary<string, byte[]> _whole = new();
    private readonly ConcurrentDictionary<string, byte[]> _parts = new();

    // Uploads come several at a time.
    private long _receivedBytes;

    /// <summary>How many bytes of the next upload are taken before its connection is cut; null cuts none.</summary>
    public int? CutNextUploadAfter { get; set; }

    /// <summary>Bytes of uploads that were read.</summary>
    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    public ConcurrentQueue<string?> ContentRanges { get; } = [];

    public bool Has(string digest) => _whole.ContainsKey(digest);

    public void Put(string digest, byte[] content) => _whole[digest] = content;

    /// <summary>Makes a stored blob another one, for damage on the way.</summary>
    public void Damage(string digest) => _whole[digest] = [.. _whole[digest].Select(value => (byte)(value ^ 1))];

    public MissingBlobsResponse Missing(IEnumerable<string> digests) => new(
        [.. digests.Where(digest => !Has(digest)).Select(
            digest => new MissingBlob(digest, _parts.TryGetValue(digest, out var part) ? part.Length : 0))]);

    public async Task HandleAsync(HttpListenerContext http, string digest)
    {
        if (http.Request.HttpMethod == "GET")
        {
            await ReadAsync(http, digest);
            return;
        }

        var range = http.Request.Headers["Content-Range"];
        ContentRanges.Enqueue(range);
        var offset = range is null ? 0 : long.Parse(range["bytes ".Length..range.IndexOf('-')]);
        var before = _parts.GetValueOrDefault(digest, []);
        if (offset != before.Length && offset != 0)
        {
            http.Response.Headers["Upload-Offset"] = before.Length.ToString();
            await FakeWorkspace.ProblemAsync(http, 409, "UploadOffsetMismatch", "another offset");
            return;
        }

        var content = new MemoryStream();
        await content.WriteAsync(offset == 0 ? [] : before);
        if (CutNextUploadAfter is { } limit)
        {
            CutNextUploadAfter = null;
            var part = new byte[limit];
            await http.Request.InputStream.ReadExactlyAsync(part);
            await content.WriteAsync(part);
            Interlocked.Add(ref _receivedBytes, limit);
            _parts[digest] = content.ToArray();
            http.Response.Abort();
            return;
        }

        await http.Request.InputStream.CopyToAsync(content);
        var all = content.ToArray();
        Interlocked.Add(ref _receivedBytes, all.Length - offset);
        _parts.TryRemove(digest, out _);
        if (Digest.Of(System.Security.Cryptography.SHA256.HashData(all)) != digest)
        {
            await FakeWorkspace.ProblemAsync(http, 400, "DigestMismatch", "the content is another");
            return;
        }

        _whole[digest] = all;
        http.Response.StatusCode = 201;
        http.Response.Close();
    }

    private async Task ReadAsync(HttpListenerContext http, string digest)
    {
        if (!_whole.TryGetValue(digest, out var content))
        {
            await FakeWorkspace.ProblemAsync(http, 404, "BlobNotFound", $"there is no blob {digest}");
            return;
        }

        var from = 0;
        if (http.Request.Headers["Range"] is { } range)
        {
            from = int.Parse(range["bytes=".Length..range.IndexOf('-')]);
            http.Response.StatusCode = 206;
        }

        http.Response.ContentLength64 = content.Length - from;
        await http.Response.OutputStream.WriteAsync(content.AsMemory(from));
        http.Response.Close();
    }

    public AssetDto Store(CreateAssetRequest request)
    {
        var manifest = JsonSerializer.SerializeToUtf8Bytes(request.Manifest, ContractsJson.Default.FileManifest);
        var id = Digest.Of(System.Security.Cryptography.SHA256.HashData(manifest));
        Put(id, manifest);
        return new AssetDto(id, Routes.AssetUrlPrefix + id, request.Manifest.Files.Count, request.Manifest.SizeBytes());
    }
}
