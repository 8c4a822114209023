using System.Globalization;
using System.Text.Json;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.Onnx.Requests;

/// <summary>A request to <c>/score</c>: <c>{"data": …}</c>, <c>{"inputs": {name: …}}</c> or <c>{name: …}</c>.</summary>
internal sealed class ScoreRequest(HttpContext context, OnnxModel model) : ModelRequest(context, model)
{
    /// <summary>True: the short form for a model with one input, which has a short answer.</summary>
    private bool IsDataForm { get; set; }

    public void Parse(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            throw new BadInputException("POST body is empty. Expecting a JSON dictionary.");
        }

        try
        {
            Read(body);
        }
        catch (JsonException exception)
        {
            throw new BadInputException($"POST body could not be decoded as JSON: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            // What the reader throws for text that is not UTF-8.
            throw new BadInputException($"POST body could not be decoded as JSON: {exception.Message}");
        }
    }

    public override async Task AnswerAsync(ReadOnlyMemory<TensorSlice> results, TimeSpan taken)
    {
        using var answer = AnswerBuffer.Rent();
        Write(answer.Writer, results.Span);
        var response = Context.Response;
        response.ContentType = "application/json";
        response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(false);
        response.Headers[ScoringHeaders.ExecMs] = taken.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture);
        await answer.SendAsync(Context);
    }

    public override Task FailAsync(string message) => ErrorResponse.WriteAsync(
        Context, StatusCodes.Status500InternalServerError, message, runFunctionFailed: true);

    private void Write(Utf8JsonWriter writer, ReadOnlySpan<TensorSlice> results)
    {
        writer.WriteStartObject();
        if (IsDataForm)
        {
            writer.WritePropertyName("result"u8);
            TensorWriter.Write(writer, results[0]);
        }

        if (!IsDataForm || results.Length > 1)
        {
            writer.WriteStartObject("outputs"u8);
            for (var i = 0; i < results.Length; i++)
            {
                writer.WritePropertyName(Model.OutputNames[i]);
                TensorWriter.Write(writer, results[i]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.Flush();
    }

    private void Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new BadInputException("POST body should be a JSON dictionary.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader);
        }

        // Whatever follows the object is an error of the reader's.
        while (reader.Read())
        {
        }

        CheckComplete();
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        var input = Model.FindInput(ref reader);
        var isData = reader.ValueTextEquals("data"u8);
        var isInputs = reader.ValueTextEquals("inputs"u8);
        if (input is null && !isData && !isInputs)
        {
            throw Unknown(ref reader);
        }

        reader.Read();
        if (isInputs && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var inner = Model.FindInput(ref reader) ?? throw Unknown(ref reader);
                reader.Read();
                Add(ref reader, inner);
            }

            return;
        }

        if (input is null || (isData && Model.Inputs.Length == 1))
        {
            input ??= OnlyOne(isData ? "data" : "inputs");
            IsDataForm = true;
        }

        Add(ref reader, input);
    }

    private void Add(ref Utf8JsonReader reader, ModelInput input)
    {
        if (Values[input.Index] is not null)
        {
            throw new BadInputException($"Input '{input.Name}' is given twice.");
        }

        var data = new PooledBytes();
        try
        {
            var shape = input.Fit(TensorReader.Read(ref reader, input, data));
            Values[input.Index] = new Tensor(input.Type, shape, data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private BadInputException Unknown(ref Utf8JsonReader property) =>
        new($"'{property.GetString()}' is not an input of the model; its inputs are {Model.ListInputs()}.");

    /// <summary>The one input that a request must give.</summary>
    private ModelInput OnlyOne(string key)
    {
        ModelInput? only = null;
        foreach (var input in Model.Inputs)
        {
            if (!input.IsOptional)
            {
                only = only is null ? input : throw NotForThis();
            }
        }

        return only ?? throw NotForThis();

        BadInputException NotForThis() => new(
            $"'{key}' is for models with one input; this one has {Model.ListInputs()}: send {{\"inputs\": {{name: …}}}}.");
    }
}
