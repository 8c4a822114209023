using System.Net;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A chunked body that a test writes step by step.</summary>
internal sealed class PacedContent(Func<Stream, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
