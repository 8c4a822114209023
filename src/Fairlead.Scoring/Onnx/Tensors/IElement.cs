using System.Text.Json;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>How an element type is read from JSON.</summary>
internal interface IElement<T>
{
    /// <summary>False when the token at the reader is no value of the type.</summary>
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);
}

/// <summary>Reads an element from JSON and appends its bytes.</summary>
internal interface IElementAppender
{
    /// <summary>False when the token at the reader is no value of the type.</summary>
    static abstract bool TryAppend(ref Utf8JsonReader reader, PooledBytes target);
}

/// <summary>Appends an element of a fixed size.</summary>
internal readonly struct Fixed<T, TElement> : IElementAppender
    where T : unmanaged
    where TElement : IElement<T>
{
    public static bool TryAppend(ref Utf8JsonReader reader, PooledBytes target)
    {
        if (!TElement.TryRead(ref reader, out var value))
        {
            return false;
        }

        target.Append(value);
        return true;
    }
}
