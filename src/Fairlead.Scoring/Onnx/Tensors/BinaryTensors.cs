using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Tensors as bytes: little-endian, row-major; strings as a length of 4 bytes and their bytes.</summary>
internal static class BinaryTensors
{
    /// <summary>Why the bytes are not that many elements; null: they are.</summary>
    public static string? Check(ReadOnlySpan<byte> bytes, TensorElementType type, long count)
    {
        if (type != TensorElementType.String)
        {
            var size = (Int128)count * ElementTypes.SizeOf(type);
            return bytes.Length == size
                ? type == TensorElementType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1)
                    ? "it has bytes other than 0 and 1, which BOOL does not have" : null
                : $"it has {bytes.Length} bytes; {count} elements of {ElementTypes.DatatypeOf(type)} are {size}";
        }

        var found = 0L;
        for (var rest = bytes; rest.Length > 0; found++)
        {
            if (rest.Length < sizeof(int) || BinaryPrimitives.ReadUInt32LittleEndian(rest) > rest.Length - sizeof(int))
            {
                return $"element {found} is cut: each element of BYTES is a length of 4 bytes and as many bytes";
            }

            rest = rest[(sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(rest))..];
        }

        return found == count ? null : $"it has {found} elements of BYTES; its shape has {count}";
    }

    /// <summary>Appends a result's elements.</summary>
    public static void Append(PooledBytes target, TensorSlice slice)
    {
        var (type, shape, first) = TensorWriter.ShapeOf(slice);
        var count = Tensor.CountOf(shape) ?? 0;
        if (count == 0)
        {
            return;
        }

        if (type != TensorElementType.String)
        {
            var size = ElementTypes.SizeOf(type);
            target.Append(slice.Value.GetTensorMutableRawData().Slice((int)(first * size), (int)(count * size)));
            return;
        }

        for (var i = first; i < first + count; i++)
        {
            var text = slice.Value.GetStringElementAsSpan((int)i);
            target.Append(text.Length);
            target.Append(text);
        }
    }
}
