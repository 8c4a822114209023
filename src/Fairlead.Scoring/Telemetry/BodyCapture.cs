using System.Buffers;
using System.Text;

namespace Fairlead.Scoring.Telemetry;

/// <summary>The beginning of a body that goes by.</summary>
internal sealed class BodyCapture
{
    /// <summary>The most of an item that is taken (§3.7).</summary>
    public const int MaxBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _kept = new();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var room = MaxBytes - _kept.WrittenCount;
        if (room > 0)
        {
            _kept.Write(bytes[..Math.Min(room, bytes.Length)]);
        }
    }

    /// <summary>As text; what is not UTF-8 is shown as replacement characters.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_kept.WrittenSpan);
}
