using System.Text;
using System.Text.Json;

namespace Fairlead.Scoring.Onnx;

/// <summary>Reads nested JSON lists straight into one flat array of the model's element type, and finds their shape.</summary>
internal sealed class NestedList<T, TElement>(ModelInput input)
    where TElement : IElement<T>
{
    private const int MaxRank = 16;
    private const int MaxShownLength = 40;

    private readonly long[] _sizes = new long[MaxRank];
    private readonly long[] _counts = new long[MaxRank];
    private T[] _values = new T[16];
    private int _count;
    private int _depth;
    private int _rank = -1;

    public Memory<T> Values => _values.AsMemory(0, _count);

    public long[] Shape { get; private set; } = [];

    /// <summary>Reads the value at the reader, and leaves the reader at its last token.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        Array.Fill(_sizes, -1);
        var deepest = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    Open();
                    deepest = Math.Max(deepest, _depth);
                    break;
                case JsonTokenType.EndArray:
                    Close();
                    break;
                case JsonTokenType.StartObject:
                    throw new BadInputException($"Input '{input.Name}' has an object in it; lists of {input.TypeName} are expected.");
                case JsonTokenType.None or JsonTokenType.EndObject or JsonTokenType.PropertyName or JsonTokenType.Comment
                    or JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False
                    or JsonTokenType.Null:
                default:
                    Add(ref reader);
                    break;
            }
        }
        while (_depth > 0 && reader.Read());

        Shape = [.. _sizes.Take(deepest).Select(size => Math.Max(size, 0))];
    }

    private void Open()
    {
        if (_depth == MaxRank || _depth == _rank)
        {
            throw Ragged("a list where a value is expected");
        }

        _counts[_depth++] = 0;
    }

    private void Close()
    {
        _depth--;
        if (_sizes[_depth] < 0)
        {
            _sizes[_depth] = _counts[_depth];
        }
        else if (_sizes[_depth] != _counts[_depth])
        {
            throw Ragged($"lists of {_sizes[_depth]} and of {_counts[_depth]} items at depth {_depth + 1}");
        }

        CountItem();
    }

    private void Add(ref Utf8JsonReader reader)
    {
        if (_rank < 0)
        {
            _rank = _depth;
        }
        else if (_rank != _depth)
        {
            throw Ragged("values at different depths");
        }

        if (!TElement.TryRead(ref reader, out var value))
        {
            throw new BadInputException(
                $"Input '{input.Name}' has {Show(reader.ValueSpan, reader.TokenType)} at position {_count}; values of type {input.TypeName} are expected.");
        }

        if (_count == _values.Length)
        {
            Array.Resize(ref _values, _count * 2);
        }

        _values[_count++] = value;
        CountItem();
    }

    private void CountItem()
    {
        if (_depth > 0)
        {
            _counts[_depth - 1]++;
        }
    }

    private BadInputException Ragged(string what) =>
        new($"Input '{input.Name}' is not a regular array: it has {what}. The model expects {input.Description}.");

    private static string Show(ReadOnlySpan<byte> token, JsonTokenType type)
    {
        var text = Encoding.UTF8.GetString(token[..Math.Min(token.Length, MaxShownLength)]);
        return type == JsonTokenType.String ? $"\"{text}\"" : text;
    }
}
