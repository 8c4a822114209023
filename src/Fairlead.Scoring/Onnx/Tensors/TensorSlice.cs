using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>A result of the model, or those rows of it that belong to one request of a batch.</summary>
/// <param name="Rows">Null: all of it.</param>
internal readonly record struct TensorSlice(OrtValue Value, RowRange? Rows)
{
    public static implicit operator TensorSlice(OrtValue value) => new(value, null);
}

/// <summary>Rows along the first axis.</summary>
internal readonly record struct RowRange(long First, long Count);
