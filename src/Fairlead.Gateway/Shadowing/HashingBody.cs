using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Gateway.Shadowing;

/// <summary>A body of an answer whose bytes are hashed as they are written.</summary>
internal sealed class HashingBody(IHttpResponseBodyFeature inner) : IHttpResponseBodyFeature, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private PipeWriter? _writer;

    public Stream Stream => inner.Stream;

    public PipeWriter Writer => _writer ??= new HashingWriter(inner.Writer, _hash);

    /// <summary>Of all that was written.</summary>
    public byte[] Hash() => _hash.GetCurrentHash();

    public void DisableBuffering() => inner.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        inner.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => inner.CompleteAsync();

    public void Dispose() => _hash.Dispose();

    private sealed class HashingWriter(PipeWriter inner, IncrementalHash hash) : PipeWriter
    {
        private Memory<byte> _given;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _given = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            hash.AppendData(_given.Span[..bytes]);
            _given = _given[bytes..];
            inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
