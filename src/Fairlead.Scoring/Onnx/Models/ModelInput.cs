using System.Globalization;
using System.Text;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>What the model says of one of its inputs.</summary>
/// <param name="Index">Its place in <see cref="OnnxModel.Inputs"/>.</param>
/// <param name="Dimensions">-1: any size.</param>
/// <param name="IsOptional">An initializer gives its value when a request does not.</param>
internal sealed record ModelInput(
    int Index, string Name, TensorElementType Type, int[] Dimensions, string[] Symbols, bool IsOptional)
{
    public static ModelInput From(int index, string name, NodeMetadata metadata, bool isOptional) =>
        new(index, name, metadata.ElementDataType, metadata.Dimensions, metadata.SymbolicDimensions, isOptional);

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>For example <c>[batch, 4] of float</c>.</summary>
    public string Description => $"{ModelShape.Show(Dimensions, Symbols)} of {TypeName}";

    public string TypeName => ElementTypes.NameOf(Type);

    /// <summary>True when the first axis is the one that batches grow along.</summary>
    public bool HasFreeFirstAxis => Dimensions.Length > 0 && Dimensions[0] < 0;

    /// <summary>The shape to use for values of a found shape; throws <see cref="BadInputException"/> when they cannot be the
    /// input. Lists with nothing in them cannot show their inner sizes, so the model's are taken.</summary>
    public long[] Fit(long[] shape)
    {
        // No dimensions: a scalar, or a model that says nothing of its rank; the runtime decides.
        if (Dimensions.Length == 0 || Fits(shape))
        {
            return shape;
        }

        if (shape.Length < Dimensions.Length && shape.Length > 0 && shape[^1] == 0)
        {
            var padded = new long[Dimensions.Length];
            for (var i = 0; i < padded.Length; i++)
            {
                padded[i] = i < shape.Length ? shape[i] : Math.Max(Dimensions[i], 0);
            }

            if (Fits(padded))
            {
                return padded;
            }
        }

        var hint = shape.Length + 1 == Dimensions.Length
            ? " A single row also needs the outer brackets: [[…]]." : "";
        throw new BadInputException(
            $"Input '{Name}' has shape [{string.Join(", ", shape)}]; the model expects {Description}.{hint}");
    }

    private bool Fits(long[] shape)
    {
        if (shape.Length != Dimensions.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (Dimensions[i] >= 0 && shape[i] != Dimensions[i])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>What the model says of one of its outputs.</summary>
/// <param name="Type">Null: a sequence or a map.</param>
internal sealed record ModelOutput(int Index, string Name, TensorElementType? Type, int[] Dimensions, string[] Symbols)
{
    public static ModelOutput From(int index, string name, NodeMetadata metadata) => metadata.IsTensor
        ? new(index, name, metadata.ElementDataType, metadata.Dimensions, metadata.SymbolicDimensions)
        : new(index, name, null, [], []);

    public string Description => Type is { } type
        ? $"{ModelShape.Show(Dimensions, Symbols)} of {ElementTypes.NameOf(type)}" : "a sequence or map";
}

/// <summary>Shapes as people read them.</summary>
internal static class ModelShape
{
    public static string Show(int[] dimensions, string[] symbols) => "[" + string.Join(", ", dimensions.Select((size, i) =>
        size >= 0 ? size.ToString(CultureInfo.InvariantCulture)
        : i < symbols.Length && symbols[i].Length > 0 ? symbols[i] : "?")) + "]";
}
