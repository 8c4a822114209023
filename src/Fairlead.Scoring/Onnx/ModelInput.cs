using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx;

/// <summary>What the model says of one of its inputs.</summary>
internal sealed record ModelInput(string Name, TensorElementType Type, int[] Dimensions, string[] Symbols)
{
    public static ModelInput From(string name, NodeMetadata metadata) =>
        new(name, metadata.ElementDataType, metadata.Dimensions, metadata.SymbolicDimensions);

    /// <summary>For example <c>[batch, 4] of float</c>.</summary>
    public string Description => $"{Shape} of {TypeName}";

    public string TypeName => Type.ToString().ToLowerInvariant();

    private string Shape => "[" + string.Join(", ", Dimensions.Select((size, i) =>
        size >= 0 ? size.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : i < Symbols.Length && Symbols[i].Length > 0 ? Symbols[i] : "?")) + "]";

    /// <summary>Throws <see cref="BadInputException"/> when data of this shape cannot be the input.</summary>
    public void Check(long[] shape)
    {
        // No dimensions: a scalar, or a model that says nothing of its rank; the runtime decides.
        if (Dimensions.Length == 0)
        {
            return;
        }

        var fits = shape.Length == Dimensions.Length
            && shape.Zip(Dimensions).All(pair => pair.Second < 0 || pair.First == pair.Second);
        if (!fits)
        {
            var hint = shape.Length + 1 == Dimensions.Length
                ? " A single row also needs the outer brackets: [[…]]." : "";
            throw new BadInputException(
                $"Input '{Name}' has shape [{string.Join(", ", shape)}]; the model expects {Description}.{hint}");
        }
    }
}
