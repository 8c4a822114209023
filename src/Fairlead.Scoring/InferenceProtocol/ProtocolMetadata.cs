using System.Text.Json;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Tensors;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>What the protocol says of the server and of a model.</summary>
internal static class ProtocolMetadata
{
    private const string ServerName = "fairlead-scoring";

    private static readonly string Version = typeof(ProtocolMetadata).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static void WriteServer(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, ServerName);
        writer.WriteString("version"u8, Version);
        writer.WriteStartArray("extensions"u8);
        writer.WriteStringValue("binary_tensor_data"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteModel(Utf8JsonWriter writer, OnnxModel model, IReadOnlyList<OnnxModel> versions)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, model.Name);
        if (model.File.Version is not null)
        {
            writer.WriteStartArray("versions"u8);
            foreach (var version in versions)
            {
                writer.WriteStringValue(version.File.Version);
            }

            writer.WriteEndArray();
        }

        writer.WriteString("platform"u8, "onnxruntime_onnx"u8);
        writer.WriteStartArray("inputs"u8);
        foreach (var input in model.Inputs)
        {
            WriteTensor(writer, input.Name, input.Type, input.Dimensions);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("outputs"u8);
        foreach (var output in model.Outputs)
        {
            // Sequences and maps have no datatype in the protocol.
            if (output.Type is { } type)
            {
                WriteTensor(writer, output.Name, type, output.Dimensions);
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter writer, string name, TensorElementType type, int[] dimensions)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteString("datatype"u8, ElementTypes.DatatypeOf(type));
        writer.WriteStartArray("shape"u8);
        foreach (var size in dimensions)
        {
            writer.WriteNumberValue(Math.Max(size, -1));
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
