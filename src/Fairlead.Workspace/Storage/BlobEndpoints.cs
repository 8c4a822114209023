using System.Globalization;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Fairlead.Workspace.Storage;

/// <summary><c>/blobs</c>: content by digest.</summary>
internal static class BlobEndpoints
{
    private const int MostDigests = 10_000;

    private const string MediaType = "application/octet-stream";
    private const string UploadOffset = "Upload-Offset";

    public static void Map(RouteGroupBuilder workspace)
    {
        var blobs = workspace.MapGroup(Routes.Blobs).WithTags("blobs");
        blobs.MapPost("/missing", MissingAsync).WithSummary("Which of these blobs does the workspace lack?");
        blobs.MapPut("/{digest}", UploadAsync)
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithSummary("Uploads a blob or, with Content-Range, the rest of one.")
            .Accepts<Stream>(isOptional: true, "application/octet-stream")
            .Produces(StatusCodes.Status201Created).Produces(StatusCodes.Status202Accepted);
        blobs.MapGet("/{digest}", DownloadAsync)
            .WithSummary("Reads a blob; ranges are honoured. May send the caller on to the store itself (307).");
        blobs.MapMethods("/{digest}", [HttpMethods.Head], DownloadAsync).ExcludeFromDescription();
    }

    private static async Task<Ok<MissingBlobsResponse>> MissingAsync(
        MissingBlobsRequest request, IBlobStore store, CancellationToken cancellationToken)
    {
        if (request.Digests is not { Count: <= MostDigests } digests)
        {
            throw FairleadException.InvalidArgument(
                "digests", request.Digests?.Count, FormattableString.Invariant($"a list of at most {MostDigests}"));
        }

        var found = await store.FindAllAsync(digests, cancellationToken);
        return TypedResults.Ok(new MissingBlobsResponse(
            [.. digests.Distinct().Where(digest => found[digest].Size is null).Select(digest => new MissingBlob(digest, found[digest].Held))]));
    }

    private static async Task UploadAsync(string digest, HttpContext context, IBlobStore store)
    {
        var result = await store.WriteAsync(
            digest, UploadRange.Of(context.Request), context.Request.Body, context.RequestAborted);
        if (result.IsWhole)
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        context.Response.Headers[UploadOffset] = result.Offset.ToString(CultureInfo.InvariantCulture);
        if (!result.IsMismatch)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        await Problem.WriteAsync(context, ErrorDocument.Of(
            ErrorCodes.UploadOffsetMismatch,
            StatusCodes.Status409Conflict,
            FormattableString.Invariant(
                $"The upload of '{digest}' goes on at byte {result.Offset}; send the bytes from there (Upload-Offset).")));
    }

    public static async Task<IResult> DownloadAsync(string digest, HttpContext context, IBlobStore store)
    {
        var tag = new EntityTagHeaderValue($"\"{digest}\"");
        if (store.FindLocalPath(digest) is { } path)
        {
            return TypedResults.PhysicalFile(path, MediaType, entityTag: tag, enableRangeProcessing: true);
        }

        // A signed link is good for GET alone.
        if (HttpMethods.IsGet(context.Request.Method) && await store.FindLinkAsync(digest, context.RequestAborted) is { } link)
        {
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Redirect(link.AbsoluteUri, permanent: false, preserveMethod: true);
        }

        return TypedResults.Stream(
            await store.OpenReadAsync(digest, context.RequestAborted), MediaType, entityTag: tag, enableRangeProcessing: true);
    }
}
