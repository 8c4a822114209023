using System.Text.Json.Nodes;
using Fairlead.Scoring.Swagger;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>Describes ONNX models for <c>/swagger.json</c>: nested lists by shape and element type.</summary>
internal static class ModelSchema
{
    /// <summary>Examples of more elements say less than the shape does.</summary>
    private const int MaxExampleElements = 256;

    public static ServiceSchema Of(ModelCatalog models) => models.All.ToList() is [var only]
        ? new ServiceSchema(InputOf(only), OutputOf(only), SwaggerVersions.All)
        : Several(models);

    private static JsonObject InputOf(OnnxModel model)
    {
        var required = model.Inputs.Where(input => !input.IsOptional).ToList();
        return required is [var only]
            ? Body("data", Tensor(only.Type, only.Dimensions, only.Description), Example(only))
            : Body("inputs", Tensors(model.Inputs, required), Examples(required));
    }

    private static JsonObject Tensors(ModelInput[] inputs, List<ModelInput> required)
    {
        var tensors = Object(inputs.Select(
            input => KeyValuePair.Create(input.Name, (JsonNode?)Tensor(input.Type, input.Dimensions, input.Description))));
        if (required.Count > 0)
        {
            tensors["required"] = new JsonArray([.. required.Select(input => JsonValue.Create(input.Name))]);
        }

        return tensors;
    }

    private static JsonObject OutputOf(OnnxModel model)
    {
        var isData = model.Inputs.Count(input => !input.IsOptional) == 1;
        var members = new JsonObject();
        if (isData)
        {
            members["result"] = Output(model.Outputs[0]);
        }

        if (!isData || model.Outputs.Length > 1)
        {
            members["outputs"] = Object(model.Outputs.Select(
                output => KeyValuePair.Create(output.Name, (JsonNode?)Output(output))));
        }

        return new JsonObject { ["type"] = "object", ["properties"] = members };
    }

    private static ServiceSchema Several(ModelCatalog models)
    {
        var names = models.All.Select(model => model.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var text = $"By model; the request names it as /score?model=NAME. Models: {string.Join(", ", names)}.";
        return new ServiceSchema(Anything(), Anything(), SwaggerVersions.All);

        JsonObject Anything() => new() { ["type"] = "object", ["description"] = text, ["example"] = new JsonObject() };
    }

    private static JsonObject Body(string name, JsonObject value, JsonNode? example)
    {
        var body = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray(JsonValue.Create(name)),
            ["properties"] = new JsonObject { [name] = value },
        };
        if (example is not null)
        {
            body["example"] = new JsonObject { [name] = example };
        }

        return body;
    }

    private static JsonObject Output(ModelOutput output) => output.Type is { } type
        ? Tensor(type, output.Dimensions, output.Description)
        : new JsonObject { ["description"] = output.Description };

    /// <summary>Lists in lists, one level an axis, each of its size where that is fixed.</summary>
    private static JsonObject Tensor(TensorElementType type, int[] dimensions, string description)
    {
        var schema = Element(type);
        for (var axis = dimensions.Length - 1; axis >= 0; axis--)
        {
            schema = new JsonObject { ["type"] = "array", ["items"] = schema };
            if (dimensions[axis] >= 0)
            {
                schema["minItems"] = dimensions[axis];
                schema["maxItems"] = dimensions[axis];
            }
        }

        schema["description"] = description;
        return schema;
    }

    private static JsonObject Element(TensorElementType type)
    {
        var (name, format) = type switch
        {
            TensorElementType.Bool => ("boolean", null),
            TensorElementType.String => ("string", null),
            TensorElementType.Float => ("number", "float"),
            TensorElementType.Double => ("number", "double"),
            TensorElementType.Float16 or TensorElementType.BFloat16 => ("number", null),
            TensorElementType.Int32 => ("integer", "int32"),
            TensorElementType.Int64 => ("integer", "int64"),
            _ => ("integer", (string?)null),
        };
        var schema = new JsonObject { ["type"] = name };
        if (format is not null)
        {
            schema["format"] = format;
        }

        return schema;
    }

    private static JsonObject? Examples(IReadOnlyList<ModelInput> inputs)
    {
        var examples = new JsonObject();
        foreach (var input in inputs)
        {
            if (Example(input) is not { } example)
            {
                return null;
            }

            examples[input.Name] = example;
        }

        return examples;
    }

    /// <summary>Zeros in the shape, one along each free axis; null: too many.</summary>
    private static JsonNode? Example(ModelInput input)
    {
        var sizes = Array.ConvertAll(input.Dimensions, size => size < 0 ? 1 : size);
        return sizes.Aggregate(1L, (product, size) => product * size) <= MaxExampleElements ? Fill(0) : null;

        JsonNode Fill(int axis) => axis == sizes.Length
            ? input.Type switch
            {
                TensorElementType.Bool => JsonValue.Create(false),
                TensorElementType.String => JsonValue.Create(""),
                TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16
                    => JsonNode.Parse("0.0")!,
                _ => JsonValue.Create(0),
            }
            : new JsonArray([.. Enumerable.Range(0, sizes[axis]).Select(_ => Fill(axis + 1))]);
    }

    private static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> members) =>
        new() { ["type"] = "object", ["properties"] = new JsonObject(members) };
}
