using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Writes a result of the model as JSON: tensors as nested lists, sequences as lists, maps as objects.</summary>
internal static class TensorWriter
{
    public static void Write(Utf8JsonWriter writer, TensorSlice slice)
    {
        switch (slice.Value.OnnxType)
        {
            case OnnxValueType.ONNX_TYPE_TENSOR:
                var (type, shape, first) = ShapeOf(slice);
                TensorItems.Write(writer, slice.Value, type, shape, first);
                break;
            case OnnxValueType.ONNX_TYPE_SEQUENCE:
                WriteSequence(writer, slice.Value);
                break;
            case OnnxValueType.ONNX_TYPE_MAP:
                WriteMap(writer, slice.Value);
                break;
            case OnnxValueType.ONNX_TYPE_OPTIONAL or OnnxValueType.ONNX_TYPE_UNKNOWN or OnnxValueType.ONNX_TYPE_OPAQUE
                or OnnxValueType.ONNX_TYPE_SPARSETENSOR:
            default:
                throw new NotSupportedException(
                    $"The model returned a value of kind {slice.Value.OnnxType}, which JSON cannot show.");
        }
    }

    /// <summary>Type, shape and first item of a slice of a tensor.</summary>
    public static (TensorElementType Type, long[] Shape, long First) ShapeOf(TensorSlice slice)
    {
        var info = slice.Value.GetTensorTypeAndShape();
        var shape = info.Shape;
        if (slice.Rows is not { } rows)
        {
            return (info.ElementDataType, shape, 0);
        }

        shape[0] = rows.Count;
        return (info.ElementDataType, shape, rows.First * (Tensor.CountOf(shape.AsSpan(1)) ?? 0));
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
        var type = values.GetTensorTypeAndShape().ElementDataType;
        writer.WriteStartObject();
        for (var i = 0; i < names.Length; i++)
        {
            writer.WritePropertyName(names[i]);
            TensorItems.Write(writer, values, type, [], i);
        }

        writer.WriteEndObject();
    }
}
