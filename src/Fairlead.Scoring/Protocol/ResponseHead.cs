using System.Buffers;
using System.Globalization;
using Fairlead.Scoring.Http;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Scoring.Protocol;

/// <summary>Puts a worker's response head into the HTTP response.</summary>
internal static class ResponseHead
{
    private const byte RunFunctionFailedFlag = 1;

    public static void Apply(ReadOnlySequence<byte> payload, HttpResponse response)
    {
        var reader = new PayloadReader(payload);
        response.StatusCode = reader.UInt16();
        var failed = (reader.Byte() & RunFunctionFailedFlag) != 0;
        var execMs = reader.Double();
        for (int left = reader.UInt16(); left > 0; left--)
        {
            var name = reader.Text16();
            var value = reader.Text32();
            if (!ScoringHeaders.IsOurs(name))
            {
                response.Headers[name] = StringValues.Concat(response.Headers[name], value);
            }
        }

        response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(failed);
        if (execMs >= 0)
        {
            response.Headers[ScoringHeaders.ExecMs] = execMs.ToString("F3", CultureInfo.InvariantCulture);
        }
    }
}
