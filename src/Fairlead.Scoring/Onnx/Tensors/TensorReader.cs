using System.Text.Json;
using Fairlead.Scoring.Onnx.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>Reads one input's values from JSON.</summary>
internal static class TensorReader
{
    /// <summary>Appends the values at the reader, leaves the reader at their last token, and returns the shape that the
    /// lists have.</summary>
    public static long[] Read(ref Utf8JsonReader reader, ModelInput input, PooledBytes target) => input.Type switch
    {
        TensorElementType.Float => Read<Fixed<float, FloatElement>>(ref reader, input, target),
        TensorElementType.Double => Read<Fixed<double, DoubleElement>>(ref reader, input, target),
        TensorElementType.Float16 => Read<Fixed<Float16, FloatElement>>(ref reader, input, target),
        TensorElementType.BFloat16 => Read<Fixed<BFloat16, FloatElement>>(ref reader, input, target),
        TensorElementType.Int8 => Read<Fixed<sbyte, IntegerElement<sbyte>>>(ref reader, input, target),
        TensorElementType.Int16 => Read<Fixed<short, IntegerElement<short>>>(ref reader, input, target),
        TensorElementType.Int32 => Read<Fixed<int, IntegerElement<int>>>(ref reader, input, target),
        TensorElementType.Int64 => Read<Fixed<long, IntegerElement<long>>>(ref reader, input, target),
        TensorElementType.UInt8 => Read<Fixed<byte, IntegerElement<byte>>>(ref reader, input, target),
        TensorElementType.UInt16 => Read<Fixed<ushort, IntegerElement<ushort>>>(ref reader, input, target),
        TensorElementType.UInt32 => Read<Fixed<uint, IntegerElement<uint>>>(ref reader, input, target),
        TensorElementType.UInt64 => Read<Fixed<ulong, IntegerElement<ulong>>>(ref reader, input, target),
        TensorElementType.Bool => Read<Fixed<bool, BoolElement>>(ref reader, input, target),
        TensorElementType.String => Read<StringElement>(ref reader, input, target),
        _ => throw new NotSupportedException($"Input '{input.Name}' is of type {input.TypeName}."),
    };

    private static long[] Read<TAppender>(ref Utf8JsonReader reader, ModelInput input, PooledBytes target)
        where TAppender : IElementAppender => new NestedList<TAppender>(input, target).Read(ref reader);
}
