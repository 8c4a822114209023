using System.Text.Json;

namespace Fairlead.Scoring.Onnx;

/// <summary>How an element type is read from JSON.</summary>
internal interface IElement<T>
{
    /// <summary>False when the token at the reader is no value of the type.</summary>
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);
}
