using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;

namespace Fairlead.Workspace.Storage;

/// <summary>What every blob store refuses in the same way.</summary>
internal static class BlobErrors
{
    public static FairleadException NotFound(string digest, int statusCode = 404) => new(
        ErrorCodes.BlobNotFound, statusCode, $"There is no blob '{digest}'. Upload it with PUT /blobs/{digest}.");

    public static FairleadException Mismatch(string actual, string wanted) => new(
        ErrorCodes.DigestMismatch,
        400,
        $"The content's digest is '{actual}', not '{wanted}': it changed while it was read, or on the way. "
        + "The upload was dropped; compute the digest again and upload anew.");

    public static FairleadException BodyTooLong(UploadRange range) => FairleadException.InvalidArgument(
        "Content-Range",
        FormattableString.Invariant($"bytes {range.Offset}-{range.End - 1}/{range.Total}"),
        "a range as long as the body");

    /// <summary>The digits of a digest. Digests come from the network and become names: only the one form may pass.</summary>
    public static string Hex(string digest) => Digest.IsValid(digest)
        ? Digest.Hex(digest)
        : throw FairleadException.InvalidArgument("digest", digest, "'sha256:' and 64 lower-case hexadecimal digits");
}
