using System.Globalization;
using System.Net.Http.Headers;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Workspace.Storage;

/// <summary>Which bytes of a blob a request carries.</summary>
/// <param name="Offset">Where its first byte belongs.</param>
/// <param name="End">Where the first byte after it would belong; null when only the body's end tells.</param>
/// <param name="Total">Size of the whole blob; null when the body's end tells.</param>
internal readonly record struct UploadRange(long Offset, long? End, long? Total)
{
    public static UploadRange Of(HttpRequest request)
    {
        var text = request.Headers.ContentRange.ToString();
        if (text.Length == 0)
        {
            return new UploadRange(0, request.ContentLength, request.ContentLength);
        }

        if (!ContentRangeHeaderValue.TryParse(text, out var range)
            || range is not { Unit: "bytes", HasRange: true, HasLength: true })
        {
            throw FairleadException.InvalidArgument("Content-Range", text, "'bytes {first}-{last}/{size}'");
        }

        var length = range.To!.Value + 1 - range.From!.Value;
        return request.ContentLength is null || request.ContentLength == length
            ? new UploadRange(range.From.Value, range.To.Value + 1, range.Length)
            : throw FairleadException.InvalidArgument(
                "Content-Range",
                text,
                string.Create(CultureInfo.InvariantCulture, $"a range as long as the body, {request.ContentLength} bytes"));
    }
}
