using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.Onnx.Requests;

/// <summary>Where an answer is written before it is sent, since its length goes before it, and a result that JSON cannot
/// show must still become an error. Kept for the next request of the thread.</summary>
internal sealed class AnswerBuffer : IDisposable
{
    /// <summary>One that has grown above this is not kept.</summary>
    private const int MaxKeptBytes = 1024 * 1024;

    [ThreadStatic]
    private static AnswerBuffer? _kept;

    private AnswerBuffer() => Writer = new Utf8JsonWriter(Bytes, new JsonWriterOptions
    {
        // These bodies are JSON alone, never put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    });

    public Utf8JsonWriter Writer { get; }

    public PooledBytes Bytes { get; } = new(1024);

    public static AnswerBuffer Rent()
    {
        var buffer = _kept ?? new AnswerBuffer();
        _kept = null;
        return buffer;
    }

    /// <summary>Sends what was written as the whole body.</summary>
    public Task SendAsync(HttpContext context)
    {
        context.Response.ContentLength = Bytes.Count;
        return context.Response.BodyWriter.WriteAsync(Bytes.Memory, context.RequestAborted).AsTask();
    }

    public void Dispose()
    {
        if (Bytes.Array.Length > MaxKeptBytes)
        {
            Bytes.Dispose();
            return;
        }

        Bytes.Clear();
        Writer.Reset();
        _kept = this;
    }
}
