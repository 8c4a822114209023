using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>An input's values in pooled memory: little-endian, row-major elements; strings as a length of 4 bytes and then
/// their bytes, which is also the binary form of the Open Inference Protocol.</summary>
internal sealed class Tensor(TensorElementType type, long[] shape, PooledBytes data) : IDisposable
{
    private GCHandle _pin;
    private OrtValue? _value;

    public TensorElementType Type => type;

    public long[] Shape => shape;

    public ReadOnlySpan<byte> Data => data.Span;

    /// <summary>The runtime's view of the same memory, which stays this tensor's.</summary>
    public OrtValue Value => _value ??= type == TensorElementType.String ? CreateStrings() : CreateOverMemory();

    /// <summary>The product of the sizes; null when it does not fit.</summary>
    public static long? CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape)
        {
            if (size != 0 && Math.Abs(count) > long.MaxValue / Math.Abs(size))
            {
                return null;
            }

            count *= size;
        }

        return count;
    }

    public void Dispose()
    {
        _value?.Dispose();
        _value = null;
        if (_pin.IsAllocated)
        {
            _pin.Free();
        }

        data.Dispose();
    }

    private OrtValue CreateOverMemory()
    {
        _pin = GCHandle.Alloc(data.Array, GCHandleType.Pinned);
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, _pin.AddrOfPinnedObject(), data.Count);
    }

    private OrtValue CreateStrings()
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var rest = data.Span;
        for (var i = 0; rest.Length > 0; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            value.StringTensorSetElementAt(rest.Slice(sizeof(int), length), i);
            rest = rest[(sizeof(int) + length)..];
        }

        return value;
    }
}
