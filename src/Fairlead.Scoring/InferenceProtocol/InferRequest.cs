using System.Globalization;
using System.Text.Json;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>A request to <c>infer</c>.</summary>
internal sealed class InferRequest(HttpContext context, OnnxModel model) : ModelRequest(context, model)
{
    /// <summary>Length of the JSON before the binary tensors, in requests and answers.</summary>
    public const string JsonLengthHeader = "Inference-Header-Content-Length";

    private string[]? _outputNames;

    public override IReadOnlyCollection<string> OutputNames => _outputNames!;

    /// <summary>Given back in the answer.</summary>
    public string? Id { get; set; }

    /// <summary>How the outputs come that do not say it themselves.</summary>
    public bool BinaryByDefault { get; set; }

    /// <summary>The outputs asked for, and whether as binary data (null: the default).</summary>
    public List<(string Name, bool? Binary)> Outputs { get; } = [];

    /// <summary>To be called when all was read: the outputs that are not named are all that the protocol can show.</summary>
    public void Complete()
    {
        CheckComplete();
        if (Outputs.Count == 0)
        {
            foreach (var output in Model.Outputs)
            {
                if (output.Type is not null)
                {
                    Outputs.Add((output.Name, null));
                }
            }

            if (Outputs.Count == 0)
            {
                throw new BadInputException($"Model '{Model.Name}' has no output that is a tensor; use /score.");
            }
        }

        _outputNames = [.. Outputs.Select(output => output.Name)];
    }

    public override async Task AnswerAsync(ReadOnlyMemory<TensorSlice> results, TimeSpan taken)
    {
        using var answer = AnswerBuffer.Rent();
        using var binary = new PooledBytes();
        Write(answer.Writer, binary, results.Span);
        var response = Context.Response;
        response.ContentType = "application/json";
        if (Outputs.Any(output => output.Binary ?? BinaryByDefault))
        {
            response.ContentType = "application/octet-stream";
            response.Headers[JsonLengthHeader] = answer.Bytes.Count.ToString(CultureInfo.InvariantCulture);
            answer.Bytes.Append(binary.Span);
        }

        response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(false);
        response.Headers[ScoringHeaders.ExecMs] = taken.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture);
        await answer.SendAsync(Context);
    }

    public override Task FailAsync(string message) => ProtocolAnswer.WriteErrorAsync(
        Context, StatusCodes.Status500InternalServerError, message, runFunctionFailed: true);

    private void Write(Utf8JsonWriter writer, PooledBytes binary, ReadOnlySpan<TensorSlice> results)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, Model.Name);
        if (Model.File.Version is { } version)
        {
            writer.WriteString("model_version"u8, version);
        }

        if (Id is not null)
        {
            writer.WriteString("id"u8, Id);
        }

        writer.WriteStartArray("outputs"u8);
        for (var i = 0; i < results.Length; i++)
        {
            WriteOutput(writer, Outputs[i].Name, results[i], Outputs[i].Binary ?? BinaryByDefault ? binary : null);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteOutput(Utf8JsonWriter writer, string name, TensorSlice result, PooledBytes? binary)
    {
        var (type, shape, first) = TensorWriter.ShapeOf(result);
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("datatype"u8, ElementTypes.DatatypeOf(type));
        writer.WriteStartArray("shape"u8);
        foreach (var size in shape)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
        if (binary is null)
        {
            writer.WritePropertyName("data"u8);
            TensorItems.Write(writer, result.Value, type, [Tensor.CountOf(shape) ?? 0], first);
        }
        else
        {
            var before = binary.Count;
            BinaryTensors.Append(binary, result);
            writer.WriteStartObject("parameters"u8);
            writer.WriteNumber("binary_data_size"u8, binary.Count - before);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
