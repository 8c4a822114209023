using System.Buffers.Binary;
using System.Numerics;

namespace Fairlead.Workspace.Storage.Remote;

/// <summary>
/// SHA-256 (FIPS 180-4) that can be set down and taken up again, by another process too, which the framework's cannot: an
/// upload in parts is resumed without reading back what is stored.
/// </summary>
/// <remarks>Not thread-safe. Between calls it has taken a multiple of <see cref="BlockBytes"/>.</remarks>
internal sealed class Sha256State
{
    public const int BlockBytes = 64;

    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private readonly uint[] _state;
    private long _bytes;

    public Sha256State() => _state =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private Sha256State(uint[] state, long bytes) => (_state, _bytes) = (state, bytes);

    /// <summary>Goes on where <see cref="Save"/> was called.</summary>
    public static Sha256State Restore(ReadOnlySpan<byte> saved, long bytes)
    {
        var state = new uint[8];
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = BinaryPrimitives.ReadUInt32BigEndian(saved[(4 * i)..]);
        }

        return new Sha256State(state, bytes);
    }

    public byte[] Save()
    {
        var saved = new byte[32];
        for (var i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(saved.AsSpan(4 * i), _state[i]);
        }

        return saved;
    }

    /// <summary>Takes whole blocks: a multiple of <see cref="BlockBytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(blocks.Length % BlockBytes, 0);
        Span<uint> schedule = stackalloc uint[64];
        for (var at = 0; at < blocks.Length; at += BlockBytes)
        {
            Transform(blocks.Slice(at, BlockBytes), schedule);
        }

        _bytes += blocks.Length;
    }

    /// <summary>The hash of all, with what comes last; nothing may follow.</summary>
    public byte[] Finish(ReadOnlySpan<byte> last)
    {
        var whole = last.Length / BlockBytes * BlockBytes;
        Append(last[..whole]);
        var rest = last[whole..];
        Span<byte> padded = stackalloc byte[rest.Length < BlockBytes - 8 ? BlockBytes : 2 * BlockBytes];
        padded.Clear();
        rest.CopyTo(padded);
        padded[rest.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(padded[^8..], (_bytes + rest.Length) * 8);
        Append(padded);
        return Save();
    }

    private void Transform(ReadOnlySpan<byte> block, Span<uint> w)
    {
        for (var i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        }

        for (var i = 16; i < 64; i++)
        {
            var (x, y) = (w[i - 15], w[i - 2]);
            w[i] = w[i - 16] + w[i - 7]
                + (BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3))
                + (BitOperations.RotateRight(y, 17) ^ BitOperations.RotateRight(y, 19) ^ (y >> 10));
        }

        uint a = _state[0], b = _state[1], c = _state[2], d = _state[3];
        uint e = _state[4], f = _state[5], g = _state[6], h = _state[7];
        var constants = Constants.AsSpan();
        for (var i = 0; i < w.Length && i < constants.Length; i++)
        {
            var t1 = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                + ((e & f) ^ (~e & g)) + constants[i] + w[i];
            var t2 = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }
}
