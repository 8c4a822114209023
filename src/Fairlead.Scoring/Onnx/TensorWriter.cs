using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx;

/// <summary>Writes a result of the model as JSON: tensors as nested lists, sequences as lists, maps as objects.</summary>
internal static class TensorWriter
{
    public static void Write(Utf8JsonWriter writer, OrtValue value)
    {
        switch (value.OnnxType)
        {
            case OnnxValueType.ONNX_TYPE_TENSOR:
                WriteTensor(writer, value);
                break;
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                WriteSequence(writer, value);
                break;
            case OnnxValueType.ONNX_TYPE_MAP:
                WriteMap(writer, value);
                break;
            case OnnxValueType.ONNX_TYPE_OPTIONAL or OnnxValueType.ONNX_TYPE_UNKNOWN or OnnxValueType.ONNX_TYPE_OPAQUE
                or OnnxValueType.ONNX_TYPE_SPARSETENSOR:
            default:
                throw new NotSupportedException($"The model returned a value of kind {value.OnnxType}, which JSON cannot show.");
        }
    }

    private static void WriteSequence(Utf8JsonWriter writer, OrtValue sequence)
    {
        writer.WriteStartArray();
        var count = sequence.GetValueCount();
        for (var i = 0; i < count; i++)
        {
            using var item = sequence.GetValue(i, OrtAllocator.DefaultInstance);
            Write(writer, item);
        }

        writer.WriteEndArray();
    }

    private static void WriteMap(Utf8JsonWriter writer, OrtValue map)
    {
        using var keys = map.GetValue(0, OrtAllocator.DefaultInstance);
        using var values = map.GetValue(1, OrtAllocator.DefaultInstance);
        var names = keys.GetTensorTypeAndShape().ElementDataType == TensorElementType.String
            ? keys.GetStringTensorAsArray()
            : [.. keys.GetTensorDataAsSpan<long>().ToArray().Select(key => key.ToString(CultureInfo.InvariantCulture))];
        writer.WriteStartObject();
        var write = ItemWriter(writer, values);
        for (var i = 0; i < names.Length; i++)
        {
            writer.WritePropertyName(names[i]);
            write(i);
        }

        writer.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter writer, OrtValue tensor)
    {
        var next = 0;
        WriteLevel(writer, tensor.GetTensorTypeAndShape().Shape, 0, ItemWriter(writer, tensor), ref next);
    }

    private static void WriteLevel(Utf8JsonWriter writer, long[] shape, int level, Action<int> write, ref int next)
    {
        if (level == shape.Length)
        {
            write(next++);
            return;
        }

        writer.WriteStartArray();
        for (long i = 0; i < shape[level]; i++)
        {
            WriteLevel(writer, shape, level + 1, write, ref next);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the item at a position of the flat data.</summary>
    private static Action<int> ItemWriter(Utf8JsonWriter writer, OrtValue tensor)
    {
        return tensor.GetTensorTypeAndShape().ElementDataType switch
        {
            TensorElementType.Float => i => WriteReal(writer, tensor.GetTensorDataAsSpan<float>()[i]),
            TensorElementType.Double => i => WriteReal(writer, tensor.GetTensorDataAsSpan<double>()[i]),
            TensorElementType.Float16 => i => WriteReal(writer, (float)tensor.GetTensorDataAsSpan<Float16>()[i]),
            TensorElementType.BFloat16 => i => WriteReal(writer, (float)tensor.GetTensorDataAsSpan<BFloat16>()[i]),
            TensorElementType.Int8 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<sbyte>()[i]),
            TensorElementType.Int16 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<short>()[i]),
            TensorElementType.Int32 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<int>()[i]),
            TensorElementType.Int64 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<long>()[i]),
            TensorElementType.UInt8 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<byte>()[i]),
            TensorElementType.UInt16 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<ushort>()[i]),
            TensorElementType.UInt32 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<uint>()[i]),
            TensorElementType.UInt64 => i => writer.WriteNumberValue(tensor.GetTensorDataAsSpan<ulong>()[i]),
            TensorElementType.Bool => i => writer.WriteBooleanValue(tensor.GetTensorDataAsSpan<bool>()[i]),
            TensorElementType.String => i => writer.WriteStringValue(tensor.GetStringElement(i)),
            var type => throw new NotSupportedException($"The model returned a tensor of {type}, which JSON cannot show."),
        };
    }

    private static void WriteReal(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(NonFinite(value));
        }
    }

    private static void WriteReal(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(NonFinite(value));
        }
    }

    private static string NonFinite(double value) =>
        double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}
