using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Reads nested JSON lists straight into the flat bytes of the model's element type, and finds their shape.</summary>
internal ref struct NestedList<TAppender>
    where TAppender : IElementAppender
{
    private const int MaxRank = 16;
    private const int MaxShownLength = 40;

    private readonly ModelInput _input;
    private readonly PooledBytes _target;
    private Sizes _sizes;
    private Sizes _counts;
    private int _count;
    private int _depth;
    private int _rank = -1;

    public NestedList(ModelInput input, PooledBytes target)
    {
        _input = input;
        _target = target;
    }

    /// <summary>Reads the value at the reader, leaves the reader at its last token, and returns the shape.</summary>
    public long[] Read(ref Utf8JsonReader reader)
    {
        ((Span<long>)_sizes).Fill(-1);
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
                    throw new BadInputException(
                        $"Input '{_input.Name}' has an object in it; lists of {_input.TypeName} are expected.");
                case JsonTokenType.None or JsonTokenType.EndObject or JsonTokenType.PropertyName or JsonTokenType.Comment
                    or JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False
                    or JsonTokenType.Null:
                default:
                    Add(ref reader);
                    break;
            }
        }
        while (_depth > 0 && reader.Read());

        var shape = new long[deepest];
        for (var i = 0; i < deepest; i++)
        {
            shape[i] = Math.Max(_sizes[i], 0);
        }

        return shape;
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

        if (!TAppender.TryAppend(ref reader, _target))
        {
            throw new BadInputException(
                $"Input '{_input.Name}' has {Show(reader.ValueSpan, reader.TokenType)} at position {_count}; values of type {_input.TypeName} are expected.");
        }

        _count++;
        CountItem();
    }

    private void CountItem()
    {
        if (_depth > 0)
        {
            _counts[_depth - 1]++;
        }
    }

    private readonly BadInputException Ragged(string what) =>
        new($"Input '{_input.Name}' is not a regular array: it has {what}. The model expects {_input.Description}.");

    private static string Show(ReadOnlySpan<byte> token, JsonTokenType type)
    {
        var text = Encoding.UTF8.GetString(token[..Math.Min(token.Length, MaxShownLength)]);
        return type == JsonTokenType.String ? $"\"{text}\"" : text;
    }

    [InlineArray(MaxRank)]
    private struct Sizes
    {
        private long _first;
    }
}
