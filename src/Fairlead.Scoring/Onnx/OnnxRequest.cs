using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx;

/// <summary>A request's tensors: from <c>{"data": …}</c>, <c>{"inputs": {name: …}}</c> or <c>{name: …}</c>.</summary>
internal sealed class OnnxRequest : IDisposable
{
    private readonly Dictionary<string, OrtValue> _values = new(StringComparer.Ordinal);

    /// <summary>True: the short form for a model with one input, which has a short answer.</summary>
    public bool IsDataForm { get; private set; }

    public IReadOnlyDictionary<string, OrtValue> Values => _values;

    public static OnnxRequest Parse(ReadOnlySpan<byte> body, IReadOnlyDictionary<string, ModelInput> inputs)
    {
        if (body.IsEmpty)
        {
            throw new BadInputException("POST body is empty. Expecting a JSON dictionary.");
        }

        var request = new OnnxRequest();
        try
        {
            request.Read(body, inputs);
            return request;
        }
        catch (JsonException exception)
        {
            request.Dispose();
            throw new BadInputException($"POST body could not be decoded as JSON: {exception.Message}");
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var value in _values.Values)
        {
            value.Dispose();
        }
    }

    private void Read(ReadOnlySpan<byte> body, IReadOnlyDictionary<string, ModelInput> inputs)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new BadInputException("POST body should be a JSON dictionary.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "inputs" && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var inner = reader.GetString()!;
                    reader.Read();
                    Add(ref reader, Find(inner, inputs));
                }
            }
            else if (name is "data" or "inputs" && !inputs.ContainsKey(name))
            {
                Add(ref reader, OnlyOne(name, inputs));
                IsDataForm = true;
            }
            else
            {
                IsDataForm |= name == "data" && inputs.Count == 1;
                Add(ref reader, Find(name, inputs));
            }
        }

        // Whatever follows the object is an error of the reader's.
        while (reader.Read())
        {
        }

        if (inputs.Values.FirstOrDefault(input => !_values.ContainsKey(input.Name)) is { } missing)
        {
            throw new BadInputException(
                $"A value is not provided for the '{missing.Name}' parameter; the model expects {missing.Description}.");
        }
    }

    private void Add(ref Utf8JsonReader reader, ModelInput input)
    {
        var value = TensorReader.Read(ref reader, input);
        if (!_values.TryAdd(input.Name, value))
        {
            value.Dispose();
            throw new BadInputException($"Input '{input.Name}' is given twice.");
        }
    }

    private static ModelInput Find(string name, IReadOnlyDictionary<string, ModelInput> inputs) =>
        inputs.TryGetValue(name, out var input)
            ? input
            : throw new BadInputException($"'{name}' is not an input of the model; its inputs are {List(inputs)}.");

    private static ModelInput OnlyOne(string key, IReadOnlyDictionary<string, ModelInput> inputs) => inputs.Count == 1
        ? inputs.Values.First()
        : throw new BadInputException(
            $"'{key}' is for models with one input; this one has {List(inputs)}: send {{\"inputs\": {{name: …}}}}.");

    private static string List(IReadOnlyDictionary<string, ModelInput> inputs) =>
        string.Join(", ", inputs.Values.Select(input => $"'{input.Name}' ({input.Description})"));
}
