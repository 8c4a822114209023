using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>A bucket of S3, or of a server with its interface.</summary>
internal sealed class S3Objects(IAmazonS3 client, string bucket) : IObjectStore, IDisposable
{
    private bool IsHttps => client.Config.ServiceURL is not { Length: > 0 } url || url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    public int PartBytes => 8 << 20;

    public int MostParts => 10_000;

    public async Task CheckAsync(CancellationToken cancellationToken) =>
        await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, MaxKeys = 1 }, cancellationToken);

    public async Task<long?> FindSizeAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(bucket, name, cancellationToken)).ContentLength;
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    public async Task<Stream?> OpenAsync(string name, long offset, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = bucket, Key = name };
            if (offset > 0)
            {
                request.ByteRange = new ByteRange(FormattableString.Invariant($"bytes={offset}-"));
            }

            return (await client.GetObjectAsync(request, cancellationToken)).ResponseStream;
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket,
                Key = name,
                InputStream = Streams.Of(content),
                UseChunkEncoding = false,
                DisablePayloadSigning = IsHttps,
            },
            cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteObjectAsync(bucket, name, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            // Some servers say so, where Amazon's does not.
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        while (true)
        {
            var page = await client.ListObjectsV2Async(request, cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                yield return new StoredObject(found.Key, found.Size ?? 0, Utc(found.LastModified));
            }

            if (page.IsTruncated != true)
            {
                yield break;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public async Task<string> BeginAsync(string name, CancellationToken cancellationToken) =>
        (await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = bucket, Key = name }, cancellationToken)).UploadId;

    public async Task<string> PutPartAsync(
        string name, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        (await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = name,
                UploadId = upload,
                PartNumber = number,
                InputStream = Streams.Of(content),
                PartSize = content.Length,
                UseChunkEncoding = false,
                DisablePayloadSigning = IsHttps,
            },
            cancellationToken)).ETag;

    public async Task<bool> CompleteAsync(string name, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        try
        {
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = name,
                    UploadId = upload,
                    PartETags = [.. parts.Select((tag, index) => new PartETag(index + 1, tag))],
                },
                cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode is "NoSuchUpload" or "InvalidPart" or "InvalidPartOrder")
        {
            return false;
        }
    }

    public async Task AbortAsync(string name, string upload, CancellationToken cancellationToken)
    {
        try
        {
            await client.AbortMultipartUploadAsync(bucket, name, upload, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            // Gone already.
        }
    }

    public async Task<int> AbortAbandonedAsync(string prefix, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var aborted = 0;
        var request = new ListMultipartUploadsRequest { BucketName = bucket, Prefix = prefix };
        while (true)
        {
            var page = await client.ListMultipartUploadsAsync(request, cancellationToken);
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => Utc(upload.Initiated) < before))
            {
                await AbortAsync(upload.Key, upload.UploadId, cancellationToken);
                aborted++;
            }

            if (page.IsTruncated != true)
            {
                return aborted;
            }

            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    public async Task<Uri> LinkAsync(string name, DateTimeOffset until, CancellationToken cancellationToken) =>
        new(await client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = name,
            Verb = HttpVerb.GET,
            Expires = until.UtcDateTime,
            Protocol = IsHttps ? Protocol.HTTPS : Protocol.HTTP,
        }));

    public FairleadException? Describe(Exception exception) => exception switch
    {
        FairleadException => null,
        AmazonS3Exception failed => StorageErrors.Unavailable(
            $"bucket '{bucket}'", $"{failed.ErrorCode}: {failed.Message.TrimEnd('.')}", Advice(failed), failed),
        AmazonServiceException failed => StorageErrors.Unavailable($"bucket '{bucket}'", failed.Message.TrimEnd('.'), "Try again.", failed),
        AmazonClientException failed => StorageErrors.Unavailable($"bucket '{bucket}'", failed.Message.TrimEnd('.'), "Check the credentials.", failed),
        HttpRequestException failed => StorageErrors.Unavailable($"bucket '{bucket}'", failed.Message.TrimEnd('.'), "Is it reachable from here?", failed),
        _ => null,
    };

    public void Dispose() => client.Dispose();

    private static bool IsMissing(AmazonS3Exception exception) =>
        exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket";

    private static DateTimeOffset Utc(DateTime? time) => time is { } given ? new DateTimeOffset(given.ToUniversalTime()) : default;

    private static string Advice(AmazonS3Exception exception) => exception.ErrorCode switch
    {
        "NoSuchBucket" => "Create the bucket first, or name another one.",
        "AccessDenied" or "Forbidden" => "The key needs s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, "
            + "s3:AbortMultipartUpload and s3:ListBucketMultipartUploads there.",
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" => "Check AccessKeyId, its secret and Region.",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "MovedPermanently" => "Set Region to the bucket's region.",
        "RequestTimeTooSkewed" => "Set this machine's clock.",
        _ => "Try again.",
    };
}
