using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Writes the items of a result's tensor as JSON, nested as its shape is or in one list.</summary>
internal static class TensorItems
{
    public static void Write(Utf8JsonWriter writer, OrtValue tensor, TensorElementType type, ReadOnlySpan<long> shape, long first)
    {
        switch (type)
        {
            case TensorElementType.Float:
                Write<float, RealWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Double:
                Write<double, RealWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Float16:
                Write<Float16, RealWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.BFloat16:
                Write<BFloat16, RealWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Int8:
                Write<sbyte, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Int16:
                Write<short, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Int32:
                Write<int, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Int64:
                Write<long, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.UInt8:
                Write<byte, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.UInt16:
                Write<ushort, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.UInt32:
                Write<uint, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.UInt64:
                Write<ulong, WholeWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.Bool:
                Write<byte, BoolWriter>(writer, tensor, shape, first);
                break;
            case TensorElementType.String:
                WriteStrings(writer, tensor, shape, ref first);
                break;
            case TensorElementType.Complex64 or TensorElementType.Complex128 or TensorElementType.DataTypeMax:
            default:
                throw new NotSupportedException($"The model returned a tensor of {type}, which JSON cannot show.");
        }
    }

    private static void Write<T, TWriter>(Utf8JsonWriter writer, OrtValue tensor, ReadOnlySpan<long> shape, long first)
        where T : unmanaged
        where TWriter : IElementWriter<T>
    {
        var items = Tensor.CountOf(shape) is 0 ? [] : MemoryMarshal.Cast<byte, T>(tensor.GetTensorMutableRawData())[(int)first..];
        WriteLevel<T, TWriter>(writer, items, shape);
    }

    /// <summary>Returns what is left of the items.</summary>
    private static ReadOnlySpan<T> WriteLevel<T, TWriter>(Utf8JsonWriter writer, ReadOnlySpan<T> items, ReadOnlySpan<long> shape)
        where T : unmanaged
        where TWriter : IElementWriter<T>
    {
        if (shape.IsEmpty)
        {
            TWriter.Write(writer, items[0]);
            return items[1..];
        }

        writer.WriteStartArray();
        var size = (int)shape[0];
        if (shape.Length == 1)
        {
            foreach (var item in items[..size])
            {
                TWriter.Write(writer, item);
            }

            items = items[size..];
        }
        else
        {
            for (var i = 0; i < size; i++)
            {
                items = WriteLevel<T, TWriter>(writer, items, shape[1..]);
            }
        }

        writer.WriteEndArray();
        return items;
    }

    private static void WriteStrings(Utf8JsonWriter writer, OrtValue tensor, ReadOnlySpan<long> shape, ref long next)
    {
        if (shape.IsEmpty)
        {
            var text = tensor.GetStringElementAsSpan((int)next++);
            if (Utf8.IsValid(text))
            {
                writer.WriteStringValue(text);
            }
            else
            {
                writer.WriteStringValue(Encoding.UTF8.GetString(text));
            }

            return;
        }

        writer.WriteStartArray();
        for (long i = 0; i < shape[0]; i++)
        {
            WriteStrings(writer, tensor, shape[1..], ref next);
        }

        writer.WriteEndArray();
    }
}
