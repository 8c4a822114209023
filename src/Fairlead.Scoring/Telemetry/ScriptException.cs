using System.Buffers;
using Fairlead.Scoring.Protocol;

namespace Fairlead.Scoring.Telemetry;

/// <summary>What <c>run()</c> raised, as its worker told it. A feature of the request that failed.</summary>
internal sealed record ScriptException(string Type, string Message, string Traceback)
{
    public static ScriptException Read(ReadOnlySequence<byte> payload)
    {
        var reader = new PayloadReader(payload);
        return new ScriptException(reader.Text32(), reader.Text32(), reader.Text32());
    }
}
