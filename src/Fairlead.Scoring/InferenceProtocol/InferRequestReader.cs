using System.Globalization;
using System.Text.Json;
using Fairlead.Scoring.Onnx.Requests;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>Reads the body of an inference request: JSON, and after it the binary tensors.</summary>
internal ref struct InferRequestReader
{
    private readonly InferRequest _request;
    private ReadOnlySpan<byte> _binary;
    private bool _hasInputs;

    private InferRequestReader(InferRequest request, ReadOnlySpan<byte> binary)
    {
        _request = request;
        _binary = binary;
    }

    /// <summary>Fills in the request; throws <see cref="BadInputException"/> when the body does not fit the model.</summary>
    /// <param name="jsonLength">The header; null or empty: all is JSON.</param>
    public static void Read(InferRequest request, ReadOnlySpan<byte> body, string? jsonLength)
    {
        var length = body.Length;
        if (!string.IsNullOrEmpty(jsonLength)
            && (!int.TryParse(jsonLength, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > body.Length))
        {
            throw new BadInputException(
                $"{InferRequest.JsonLengthHeader} is '{jsonLength}'; allowed is a whole number up to {body.Length}, the length of the body.");
        }

        if (length == 0)
        {
            throw new BadInputException("The body is empty; an inference request object is expected.");
        }

        try
        {
            new InferRequestReader(request, body[length..]).Read(body[..length]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BadInputException($"The body could not be decoded as JSON: {exception.Message}");
        }
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new BadInputException("The body should be a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader);
        }

        // Whatever follows the object is an error of the reader's.
        while (reader.Read())
        {
        }

        if (!_hasInputs)
        {
            throw new BadInputException("'inputs' is missing; a list of input tensors is required.");
        }

        if (_binary.Length > 0)
        {
            throw new BadInputException(
                $"{_binary.Length} bytes are left after the binary tensors that the inputs' 'binary_data_size' speak of.");
        }

        _request.Complete();
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("id"u8))
        {
            reader.Read();
            _request.Id = JsonValues.Text(ref reader, "id");
        }
        else if (reader.ValueTextEquals("parameters"u8))
        {
            reader.Read();
            _request.BinaryByDefault = JsonValues.FlagIn(ref reader, "parameters", "binary_data_output"u8) ?? false;
        }
        else if (reader.ValueTextEquals("inputs"u8))
        {
            reader.Read();
            ReadInputs(ref reader);
        }
        else if (reader.ValueTextEquals("outputs"u8))
        {
            reader.Read();
            ReadOutputs(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private void ReadInputs(ref Utf8JsonReader reader)
    {
        JsonValues.ExpectList(ref reader, "inputs");
        if (_hasInputs)
        {
            throw new BadInputException("'inputs' is given twice.");
        }

        _hasInputs = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonValues.ExpectObject(ref reader, "inputs");
            InferInputReader.Read(_request, ref reader, ref _binary);
        }
    }

    private readonly void ReadOutputs(ref Utf8JsonReader reader)
    {
        JsonValues.ExpectList(ref reader, "outputs");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            JsonValues.ExpectObject(ref reader, "outputs");
            ReadOutput(ref reader);
        }
    }

    private readonly void ReadOutput(ref Utf8JsonReader reader)
    {
        string? name = null;
        bool? binary = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = JsonValues.Text(ref reader, "name");
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                reader.Read();
                binary = JsonValues.FlagIn(ref reader, "parameters", "binary_data"u8);
            }
            else
            {
                reader.Skip();
            }
        }

        if (name is null)
        {
            throw new BadInputException("An output has no 'name'.");
        }

        var output = _request.Model.Outputs.FirstOrDefault(output => output.Name == name)
            ?? throw new BadInputException(
                $"'{name}' is not an output of the model; its outputs are "
                + $"{string.Join(", ", _request.Model.Outputs.Select(known => $"'{known.Name}'"))}.");
        if (output.Type is null)
        {
            throw new BadInputException($"Output '{name}' is {output.Description}, which the protocol has no datatype for; use /score.");
        }

        if (_request.Outputs.Any(asked => asked.Name == name))
        {
            throw new BadInputException($"Output '{name}' is asked for twice.");
        }

        _request.Outputs.Add((name, binary));
    }
}
