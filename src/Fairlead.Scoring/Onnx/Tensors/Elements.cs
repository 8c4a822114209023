using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Floating point: JSON numbers in range, and "NaN", "Infinity", "-Infinity", which JSON has no number for.</summary>
internal readonly struct FloatElement : IElement<float>, IElement<Float16>, IElement<BFloat16>
{
    public static bool TryRead(ref Utf8JsonReader reader, out float value)
    {
        var read = DoubleElement.TryRead(ref reader, out var wide);
        value = (float)wide;
        return read && float.IsFinite(value) == double.IsFinite(wide);
    }

    public static bool TryRead(ref Utf8JsonReader reader, out Float16 value)
    {
        var read = DoubleElement.TryRead(ref reader, out var wide);
        value = (Float16)(float)wide;
        return read && Float16.IsFinite(value) == double.IsFinite(wide);
    }

    public static bool TryRead(ref Utf8JsonReader reader, out BFloat16 value)
    {
        var read = DoubleElement.TryRead(ref reader, out var wide);
        value = (BFloat16)(float)wide;
        return read && BFloat16.IsFinite(value) == double.IsFinite(wide);
    }
}

internal readonly struct DoubleElement : IElement<double>
{
    public static bool TryRead(ref Utf8JsonReader reader, out double value)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetDouble(out value) && double.IsFinite(value);
        }

        value = double.NaN;
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        if (reader.ValueTextEquals("Infinity"u8))
        {
            value = double.PositiveInfinity;
        }
        else if (reader.ValueTextEquals("-Infinity"u8))
        {
            value = double.NegativeInfinity;
        }
        else
        {
            return reader.ValueTextEquals("NaN"u8);
        }

        return true;
    }
}

/// <summary>Whole numbers in range; <c>5.0</c> is one, as clients without an integer type write it.</summary>
internal readonly struct IntegerElement<T> : IElement<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static bool TryRead(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.Number)
        {
            return false;
        }

        if (reader.TryGetInt64(out var whole))
        {
            return TryConvert(whole, out value);
        }

        if (reader.TryGetUInt64(out var large))
        {
            return TryConvert(large, out value);
        }

        // Above 2^53 a number with a fraction or an exponent is not exact any more.
        return reader.TryGetDouble(out var real) && Math.Abs(real) <= 1L << 53 && Math.Truncate(real) == real
            && TryConvert((long)real, out value);
    }

    private static bool TryConvert<TFrom>(TFrom from, out T value)
        where TFrom : IBinaryInteger<TFrom>
    {
        value = T.CreateTruncating(from);
        return TFrom.CreateTruncating(value) == from && T.IsNegative(value) == TFrom.IsNegative(from);
    }
}

internal readonly struct BoolElement : IElement<bool>
{
    public static bool TryRead(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return value || reader.TokenType == JsonTokenType.False;
    }
}

/// <summary>Appends a string as its length in 4 bytes and its UTF-8 bytes.</summary>
internal readonly struct StringElement : IElementAppender
{
    public static bool TryAppend(ref Utf8JsonReader reader, PooledBytes target)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        // Unescaping never makes it longer.
        var span = target.GetSpan(sizeof(int) + reader.ValueSpan.Length);
        var length = reader.CopyString(span[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(span, length);
        target.Advance(sizeof(int) + length);
        return true;
    }
}
