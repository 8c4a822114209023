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
        blobs.MapGet("/{digest}", Download).WithSummary("Reads a blob; ranges are honoured.");
        blobs.MapMethods("/{digest}", [HttpMethods.Head], Download).ExcludeFromDescription();
    }

    private static async Task<Ok<MissingBlobsResponse>> MissingAsync(
        MissingBlobsRequest request, BlobStore store, CancellationToken cancellationToken)
    {
        if (request.Digests is not { Count: <= MostDigests } digests)
        {
            throw FairleadException.InvalidArgument(
                "digests", request.Digests?.Count, FormattableString.Invariant($"a list of at most {MostDigests}"));
        }

        foreach (var digest in digests)
        {
            await store.FinishInheritedAsync(digest, cancellationToken);
        }

        return TypedResults.Ok(new MissingBlobsResponse(
            [.. digests.Distinct().Where(digest => store.FindSize(digest) is null)
                .Select(digest => new MissingBlob(digest, store.PartialSize(digest)))]));
    }

    private static async Task UploadAsync(string digest, HttpContext context, BlobStore store)
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

    public static PhysicalFileHttpResult Download(string digest, BlobStore store) => TypedResults.PhysicalFile(
        store.FindLocalPath(digest) ?? throw BlobStore.NotFound(digest),
        "application/octet-stream",
        entityTag: new EntityTagHeaderValue($"\"{digest}\""),
        enableRangeProcessing: true);
}
