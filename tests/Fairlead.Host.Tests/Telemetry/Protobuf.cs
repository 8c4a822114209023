namespace Fairlead.Host.Tests.Telemetry;

/// <summary>Finds fields by number in the protobuf wire format.</summary>
internal static class Protobuf
{
    /// <summary>All length-delimited values at a path of field numbers.</summary>
    public static IEnumerable<byte[]> Messages(byte[] message, params int[] path)
    {
        IEnumerable<byte[]> found = [message];
        foreach (var field in path)
        {
            found = found.SelectMany(each => Fields(each, field)).ToList();
        }

        return found;
    }

    private static List<byte[]> Fields(byte[] message, int wanted)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(key >> 3) == wanted)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} is not known.");
            }
        }

        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
