using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>How an element type is written as JSON.</summary>
internal interface IElementWriter<T>
{
    static abstract void Write(Utf8JsonWriter writer, T value);
}

/// <summary>Floats; those that JSON has no number for become "NaN", "Infinity", "-Infinity".</summary>
internal readonly struct RealWriter : IElementWriter<float>, IElementWriter<double>, IElementWriter<Float16>, IElementWriter<BFloat16>
{
    public static void Write(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            WriteNonFinite(writer, value);
        }
    }

    public static void Write(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            WriteNonFinite(writer, value);
        }
    }

    public static void Write(Utf8JsonWriter writer, Float16 value) => Write(writer, (float)value);

    public static void Write(Utf8JsonWriter writer, BFloat16 value) => Write(writer, (float)value);

    private static void WriteNonFinite(Utf8JsonWriter writer, double value) =>
        writer.WriteStringValue(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8);
}

internal readonly struct WholeWriter : IElementWriter<sbyte>, IElementWriter<short>, IElementWriter<int>, IElementWriter<long>,
    IElementWriter<byte>, IElementWriter<ushort>, IElementWriter<uint>, IElementWriter<ulong>
{
    public static void Write(Utf8JsonWriter writer, sbyte value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, short value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, long value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, byte value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, ushort value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, uint value) => writer.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter writer, ulong value) => writer.WriteNumberValue(value);
}

/// <summary>Truth values; the runtime has them as bytes, of which any but 0 is true.</summary>
internal readonly struct BoolWriter : IElementWriter<byte>
{
    public static void Write(Utf8JsonWriter writer, byte value) => writer.WriteBooleanValue(value != 0);
}
