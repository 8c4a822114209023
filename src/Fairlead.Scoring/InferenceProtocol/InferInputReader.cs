using System.Text.Json;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>Reads one input of an inference request. Its members come in any order, so the data, which only name and
/// datatype make sense of, is read last.</summary>
internal ref struct InferInputReader
{
    private Utf8JsonReader _data;
    private bool _hasData;
    private string? _name;
    private string? _datatype;
    private long[]? _shape;
    private long? _binarySize;

    /// <summary>Reads the object at the reader, and takes its binary data, if any, from the rest of the body.</summary>
    public static void Read(InferRequest request, ref Utf8JsonReader reader, ref ReadOnlySpan<byte> binary)
    {
        var self = new InferInputReader();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            self.ReadMember(ref reader);
        }

        var input = self.FindInput(request);
        var data = new PooledBytes();
        try
        {
            request.Values[input.Index] = self.ReadTensor(input, data, ref binary);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("name"u8))
        {
            reader.Read();
            _name = JsonValues.Text(ref reader, "name");
        }
        else if (reader.ValueTextEquals("datatype"u8))
        {
            reader.Read();
            _datatype = JsonValues.Text(ref reader, "datatype");
        }
        else if (reader.ValueTextEquals("shape"u8))
        {
            reader.Read();
            _shape = JsonValues.Shape(ref reader);
        }
        else if (reader.ValueTextEquals("parameters"u8))
        {
            reader.Read();
            _binarySize = JsonValues.NumberIn(ref reader, "parameters", "binary_data_size"u8);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            reader.Read();
            _data = reader;
            _hasData = true;
            reader.Skip();
        }
        else
        {
            reader.Skip();
        }
    }

    private readonly ModelInput FindInput(InferRequest request)
    {
        if (_name is null)
        {
            throw new BadInputException("An input has no 'name'.");
        }

        var input = request.Model.FindInput(_name)
            ?? throw new BadInputException(
                $"'{_name}' is not an input of the model; its inputs are {request.Model.ListInputs()}.");
        if (request.Values[input.Index] is not null)
        {
            throw new BadInputException($"Input '{_name}' is given twice.");
        }

        var expected = ElementTypes.DatatypeOf(input.Type);
        if (_datatype is null)
        {
            throw new BadInputException($"Input '{_name}' has no 'datatype'; the model expects {expected}.");
        }

        if (_datatype != expected)
        {
            throw new BadInputException($"Input '{_name}' has datatype '{_datatype}'; the model expects {expected}.");
        }

        if (_shape is null)
        {
            throw new BadInputException($"Input '{_name}' has no 'shape'; the model expects {input.Description}.");
        }

        return input;
    }

    private Tensor ReadTensor(ModelInput input, PooledBytes data, ref ReadOnlySpan<byte> binary)
    {
        var shape = _shape!;
        if (!ReferenceEquals(input.Fit(shape), shape) || Tensor.CountOf(shape) is not { } count)
        {
            throw new BadInputException(
                $"Input '{_name}' has shape [{string.Join(", ", shape)}]; the model expects {input.Description}.");
        }

        if (_binarySize is { } size)
        {
            TakeBinary(input, data, ref binary, size, count);
        }
        else if (!_hasData)
        {
            throw new BadInputException($"Input '{_name}' has no 'data', nor a 'binary_data_size' in its 'parameters'.");
        }
        else
        {
            var found = TensorReader.Read(ref _data, input, data);
            if (!found.AsSpan().SequenceEqual(shape) && !(found.Length == 1 && found[0] == count))
            {
                throw new BadInputException(
                    $"Input '{_name}' has data of shape [{string.Join(", ", found)}]; its 'shape' [{string.Join(", ", shape)}] "
                    + $"needs {count} elements, in one list or nested as the shape is.");
            }
        }

        return new Tensor(input.Type, shape, data);
    }

    private readonly void TakeBinary(
        ModelInput input, PooledBytes data, ref ReadOnlySpan<byte> binary, long size, long count)
    {
        if (_hasData)
        {
            throw new BadInputException($"Input '{_name}' has both 'data' and 'binary_data_size'; one of them is allowed.");
        }

        if (size > binary.Length)
        {
            throw new BadInputException(
                $"Input '{_name}' has binary_data_size {size}; {binary.Length} bytes are left of the body. "
                + $"{InferRequest.JsonLengthHeader} must give the length of the JSON before them.");
        }

        var bytes = binary[..(int)size];
        if (BinaryTensors.Check(bytes, input.Type, count) is { } error)
        {
            throw new BadInputException($"Input '{_name}' has binary data that does not fit its shape: {error}.");
        }

        data.Append(bytes);
        binary = binary[(int)size..];
    }
}
