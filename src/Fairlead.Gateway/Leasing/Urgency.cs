using Microsoft.Extensions.Primitives;

namespace Fairlead.Gateway.Leasing;

/// <summary>How urgent a request is (RFC 9218 §4.1): those with a lower number are served first.</summary>
internal static class Urgency
{
    public const int Levels = 8;

    /// <summary>Of a request that says nothing, or nothing that is known.</summary>
    public const byte Default = 3;

    /// <summary>From the value of a header: <c>u=0</c> to <c>u=7</c> among other parameters, or just the number.</summary>
    public static byte Parse(StringValues header)
    {
        foreach (var value in header)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var item = value.AsSpan()[range].Trim();
                item = item.StartsWith("u=", StringComparison.Ordinal) ? item[2..] : item;
                if (item is [>= '0' and <= '7'])
                {
                    return (byte)(item[0] - '0');
                }
            }
        }

        return Default;
    }
}
