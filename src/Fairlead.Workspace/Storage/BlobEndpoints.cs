using System.Net.Http.Headers;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Workspace.Storage;

/// <summary><c>/blobs</c>: what is missing, resumable upload, download with ranges.</summary>
internal static class BlobEndpoints
{
    private const int MaxDigests = 10_000;

    public static void MapBlobs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Routes.Blobs).WithTags("Blobs");
        group.MapPost("/missing", Missing).WithName("MissingBlobs").WithSummary("Which contents must be uploaded");
        group.MapPut("/{digest}", PutAsync).WithName("PutBlob").WithSummary("Upload a content, or the rest of it")
            .Accepts<byte[]>("application/octet-stream").Produces(201).Produces(202);
        group.MapMethods("/{digest}", ["GET", "HEAD"], Get).WithName("GetBlob").WithSummary("Download a content");
    }

    private static Ok<MissingBlobsResponse> Missing(MissingBlobsRequest request, BlobStore blobs)
    {
        if (request.Digests is not { Count: <= MaxDigests })
        {
            throw FairleadException.InvalidArgument("digests", request.Digests?.Count, $"at most {MaxDigests} digests a call");
        }

        return TypedResults.Ok(new MissingBlobsResponse(
            [.. request.Digests.Select(Checked).Distinct().Where(digest => !blobs.Has(digest))
                .Select(digest => new MissingBlob(digest, blobs.UploadedBytes(digest)))]));
    }

    private static async Task<IResult> PutAsync(
        string digest, HttpRequest request, BlobStore blobs, CancellationToken cancellationToken)
    {
        Checked(digest);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var (offset, size) = Range(request);
        try
        {
            var (bytes, isWhole) = await blobs.AppendAsync(digest, offset, size, request.Body, cancellationToken);
            request.HttpContext.Response.Headers["Upload-Offset"] = bytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return TypedResults.StatusCode(isWhole ? StatusCodes.Status201Created : StatusCodes.Status202Accepted);
        }
        catch (FairleadException exception) when (exception.Error.Code == ErrorCodes.UploadOffsetMismatch)
        {
            request.HttpContext.Response.Headers["Upload-Offset"] =
                blobs.UploadedBytes(digest).ToString(System.Globalization.CultureInfo.InvariantCulture);
            throw;
        }
    }

    private static async Task<IResult> Get(string digest, BlobStore blobs, CancellationToken cancellationToken) =>
        TypedResults.Stream(
            await blobs.OpenReadAsync(Checked(digest), cancellationToken),
            "application/octet-stream", enableRangeProcessing: true, entityTag: new($"\"{digest}\""));

    private static (long Offset, long? Size) Range(HttpRequest request)
    {
        var given = request.Headers.ContentRange.ToString();
        if (given.Length == 0)
        {
            return (0, request.ContentLength);
        }

        return ContentRangeHeaderValue.TryParse(given, out var range)
            && range is { Unit: "bytes", From: { } from, Length: { } length }
            ? (from, length)
            : throw FairleadException.InvalidArgument("Content-Range", given, "of the form 'bytes FROM-TO/SIZE'");
    }

    private static string Checked(string digest) =>
        Digest.IsValid(digest)
            ? digest
            : throw FairleadException.InvalidArgument("digest", digest, "'sha256:' and 64 lower-case hexadecimal digits");
}
