using System.Globalization;
using System.Net;
using Fairlead.Client.Http;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;

namespace Fairlead.Client.Blobs;

/// <summary>Moves content by digest: only what is missing, resumed where it broke, through small buffers.</summary>
public sealed class BlobsClient
{
    private const int DigestsPerCall = 2000;

    private readonly WorkspaceConnection _connection;
    private readonly FairleadClientOptions _options;

    internal BlobsClient(WorkspaceConnection connection, FairleadClientOptions options)
    {
        _connection = connection;
        _options = options;
    }

    /// <summary>Hashes files, uploads those the workspace lacks, and returns their manifest.</summary>
    public async Task<FileManifest> UploadAsync(
        IReadOnlyList<LocalFile> files, Action<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var meter = new TransferMeter(files.Sum(file => file.Size), progress);
        var manifest = await FileHasher.HashAsync(files, _options.Parallelism, meter, cancellationToken);
        var paths = files.ToDictionary(file => file.Path, file => file.FullPath, StringComparer.Ordinal);
        var blobs = manifest.Files.DistinctBy(file => file.Digest).ToDictionary(file => file.Digest);
        var missing = await FindMissingAsync([.. blobs.Keys], cancellationToken);
        meter.ToTransfer(missing.Sum(blob => blobs[blob.Digest].Size - blob.Offset));
        await Parallel.ForEachAsync(
            missing,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Parallelism, CancellationToken = cancellationToken },
            async (blob, token) =>
            {
                var file = blobs[blob.Digest];
                await UploadAsync(paths[file.Path], file, blob.Offset, meter, token);
            });
        return manifest;
    }

    internal async Task<IReadOnlyList<MissingBlob>> FindMissingAsync(
        IReadOnlyList<string> digests, CancellationToken cancellationToken)
    {
        var missing = new List<MissingBlob>();
        foreach (var batch in digests.Chunk(DigestsPerCall))
        {
            var answer = await _connection.SendAsync(
                HttpMethod.Post,
                Routes.Blobs + "/missing",
                new MissingBlobsRequest(batch),
                ContractsJson.Default.MissingBlobsRequest,
                ContractsJson.Default.MissingBlobsResponse,
                cancellationToken);
            missing.AddRange(answer.Missing);
        }

        return missing;
    }

    internal Task<HttpResponseMessage> OpenAsync(string digest, long offset, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, BlobUrl(digest));
        if (offset > 0)
        {
            request.Headers.Range = new(offset, null);
        }

        return _connection.SendAsync(request, cancellationToken);
    }

    internal RetryPause NewRetryPause() => new(_options.TransferRetries, _options.TimeProvider);

    internal int Parallelism => _options.Parallelism;

    private async Task UploadAsync(
        string path, ManifestFile file, long offset, TransferMeter meter, CancellationToken cancellationToken)
    {
        var retry = NewRetryPause();
        while (true)
        {
            try
            {
                if (await SendRestAsync(path, file, offset, meter, cancellationToken) is not { } confirmed)
                {
                    return;
                }

                if (confirmed > offset)
                {
                    retry.Progressed();
                }
                else
                {
                    await retry.WaitAsync(null, cancellationToken);
                }

                offset = confirmed;
            }
            catch (Exception e) when (IsTransient(e, cancellationToken))
            {
                await retry.WaitAsync(e, cancellationToken);
                var missing = await FindMissingAsync([file.Digest], cancellationToken);
                if (missing.Count == 0)
                {
                    return;
                }

                if (missing[0].Offset > offset)
                {
                    retry.Progressed();
                }

                offset = missing[0].Offset;
            }
        }
    }

    // Null when the blob is whole; else the offset the workspace wants next.
    private async Task<long?> SendRestAsync(
        string path, ManifestFile file, long offset, TransferMeter meter, CancellationToken cancellationToken)
    {
        long sent = 0;
        using var content = new FileRangeContent(path, offset, file.Size, bytes =>
        {
            sent += bytes;
            meter.Transferred(bytes);
        });
        try
        {
            using var response = await _connection.SendAsync(
                new HttpRequestMessage(HttpMethod.Put, BlobUrl(file.Digest)) { Content = content },
                cancellationToken,
                status => status is HttpStatusCode.Conflict or HttpStatusCode.BadRequest);
            switch (response.StatusCode)
            {
                case HttpStatusCode.Accepted:
                case HttpStatusCode.Conflict when response.Headers.Contains("Upload-Offset"):
                    var next = UploadOffset(response);
                    meter.Transferred(next - offset - sent);
                    return next;
                case HttpStatusCode.Conflict:
                case HttpStatusCode.BadRequest:
                    var refusal = await WorkspaceConnection.RefusalAsync(response, cancellationToken);
                    throw refusal.Code == ErrorCodes.DigestMismatch ? new FileChangedException(path) : refusal;
                case HttpStatusCode.Created:
                    return null;
                default:
                    // Nothing else says that the blob is whole; the caller asks how far it came.
                    throw new IOException($"the upload was answered {(int)response.StatusCode}, not 201");
            }
        }
        catch (Exception e) when (IsTransient(e, cancellationToken))
        {
            // What was sent is counted again when it is sent again.
            meter.Transferred(-sent);
            throw;
        }
    }

    internal static bool IsTransient(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e switch
        {
            HttpRequestException http => http.InnerException is not FileChangedException,
            FairleadApiException api => api.Status is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
            IOException or ServerUnreachableException => true,
            _ => false,
        };

    private static long UploadOffset(HttpResponseMessage response) =>
        long.TryParse(response.Header("Upload-Offset"), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : 0;

    private string BlobUrl(string digest) => _connection.Url($"{Routes.Blobs}/{Segment.Of(digest)}");
}
