using Fairlead.Contracts.Models;

namespace Fairlead.Contracts.Api;

/// <summary>
/// <c>POST /blobs/missing</c>: which of these does the workspace lack? At most 10,000 digests a call.
/// </summary>
public sealed record MissingBlobsRequest(IReadOnlyList<string> Digests);

/// <summary>The blobs to upload, and how far an earlier upload of each came.</summary>
public sealed record MissingBlobsResponse(IReadOnlyList<MissingBlob> Missing);

/// <summary>
/// A blob to upload with <c>PUT /blobs/{digest}</c>. With an <paramref name="Offset"/> above 0 send the rest only, with
/// <c>Content-Range: bytes {offset}-{size-1}/{size}</c>; 201 when the blob is whole and its digest verified, 202 with
/// <c>Upload-Offset</c> while it is not whole, 409 <c>UploadOffsetMismatch</c> with <c>Upload-Offset</c> when the
/// offset is another one, 400 <c>DigestMismatch</c> when the content is not what the digest says (the upload is then
/// dropped). <c>GET /blobs/{digest}</c> reads, with ranges.
/// </summary>
public sealed record MissingBlob(string Digest, long Offset);

/// <summary>
/// <c>POST /assets</c> and <c>POST /snapshots</c>: names a set of uploaded blobs as a folder. 400 when a blob is
/// missing or a path is not a plain relative one.
/// </summary>
public sealed record CreateAssetRequest
{
    /// <summary>For people; not unique.</summary>
    public string? Name { get; init; }

    public required FileManifest Manifest { get; init; }
}

/// <summary>A stored set of files.</summary>
/// <param name="Id">Digest of its manifest.</param>
/// <param name="Url"><c>aml://asset/{id}</c>, as models and services refer to it.</param>
/// <param name="FileCount">Number of files.</param>
/// <param name="SizeBytes">Their total size.</param>
public sealed record AssetDto(string Id, string Url, int FileCount, long SizeBytes);
