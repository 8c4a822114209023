using System.Text.Json;
using Fairlead.Scoring.Onnx.Requests;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>Reads values of an inference request; those of the wrong kind are errors that name the member.</summary>
internal static class JsonValues
{
    private const int MaxRank = 16;

    public static string Text(ref Utf8JsonReader reader, string member) => reader.TokenType == JsonTokenType.String
        ? reader.GetString()!
        : throw Wrong(ref reader, member, "a string");

    public static void ExpectList(ref Utf8JsonReader reader, string member)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(ref reader, member, "a list of objects");
        }
    }

    public static void ExpectObject(ref Utf8JsonReader reader, string member)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong(ref reader, member, "a list of objects");
        }
    }

    public static long[] Shape(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong(ref reader, "shape", "a list of whole numbers, 0 or more");
        }

        Span<long> sizes = stackalloc long[MaxRank];
        var rank = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (rank == MaxRank || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out sizes[rank]) || sizes[rank] < 0)
            {
                throw Wrong(ref reader, "shape", $"a list of at most {MaxRank} whole numbers, 0 or more");
            }

            rank++;
        }

        return [.. sizes[..rank]];
    }

    /// <summary>A flag in the object at the reader; null: it is not there.</summary>
    public static bool? FlagIn(ref Utf8JsonReader reader, string member, ReadOnlySpan<byte> name)
    {
        if (!Find(ref reader, member, name, out var found))
        {
            return null;
        }

        return found.TokenType is JsonTokenType.True or JsonTokenType.False
            ? found.TokenType == JsonTokenType.True
            : throw Wrong(ref found, System.Text.Encoding.UTF8.GetString(name), "true or false");
    }

    /// <summary>A whole number of 0 or more in the object at the reader; null: it is not there.</summary>
    public static long? NumberIn(ref Utf8JsonReader reader, string member, ReadOnlySpan<byte> name)
    {
        if (!Find(ref reader, member, name, out var found))
        {
            return null;
        }

        return found.TokenType == JsonTokenType.Number && found.TryGetInt64(out var value) && value >= 0
            ? value
            : throw Wrong(ref found, System.Text.Encoding.UTF8.GetString(name), "a whole number, 0 or more");
    }

    /// <summary>Reads the whole object, and keeps the place of a member's value.</summary>
    private static bool Find(ref Utf8JsonReader reader, string member, ReadOnlySpan<byte> name, out Utf8JsonReader found)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong(ref reader, member, "an object");
        }

        found = default;
        var isThere = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                reader.Read();
                found = reader;
                isThere = true;
            }

            reader.Skip();
        }

        return isThere;
    }

    private static BadInputException Wrong(ref Utf8JsonReader reader, string member, string allowed)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => $"\"{reader.GetString()}\"",
            JsonTokenType.None or JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.PropertyName
                or JsonTokenType.Comment or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False
                or JsonTokenType.Null or _ => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        };
        return new BadInputException($"'{member}' has {text}; allowed is {allowed}.");
    }
}
