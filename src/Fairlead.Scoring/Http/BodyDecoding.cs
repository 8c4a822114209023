using Microsoft.AspNetCore.RequestDecompression;

namespace Fairlead.Scoring.Http;

/// <summary>Bodies that came compressed (gzip, deflate, br) are given on as what they mean; in raw mode as they are.</summary>
internal static class BodyDecoding
{
    /// <summary>Puts a decompressing stream in place of a compressed body.</summary>
    /// <exception cref="BadHttpRequestException">415: the encoding is unknown.</exception>
    public static void Apply(HttpContext context)
    {
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var provider = context.RequestServices.GetRequiredService<IRequestDecompressionProvider>();
        var decompressed = provider.GetDecompressionStream(context) ?? throw new BadHttpRequestException(
            $"Content-Encoding is '{encoding}'; allowed are gzip, deflate and br.",
            StatusCodes.Status415UnsupportedMediaType);
        context.Request.Body = new DecodedStream(decompressed, Hosting.KestrelSettings.MaxBodyBytes);
        context.Request.ContentLength = null;
    }
}
