using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Bytes in one rented array that grows; given back when disposed.</summary>
internal sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;

    public PooledBytes(int size = 256) => _array = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>Bytes written so far.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Count);

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Count);

    /// <summary>The array itself, to pin it; only its first <see cref="Count"/> bytes count.</summary>
    public byte[] Array => _array;

    public void Append<T>(T value)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        if (_array.Length - Count < size)
        {
            Grow(size);
        }

        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), Count), value);
        Count += size;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Count += bytes.Length;
    }

    public void Clear() => Count = 0;

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Count);
    }

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
            Count = 0;
        }
    }

    private void Reserve(int size)
    {
        if (_array.Length - Count < Math.Max(size, 1))
        {
            Grow(Math.Max(size, 1));
        }
    }

    private void Grow(int needed)
    {
        var size = (int)Math.Min(System.Array.MaxLength, Math.Max((long)_array.Length * 2, (long)Count + needed));
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
