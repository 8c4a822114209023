using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx;

/// <summary>Reads one input's tensor from JSON.</summary>
internal static class TensorReader
{
    /// <summary>True when an input of the type can be given as JSON.</summary>
    public static bool Supports(TensorElementType type) => type is TensorElementType.Float or TensorElementType.Double
        or TensorElementType.Float16 or TensorElementType.BFloat16 or TensorElementType.Int8 or TensorElementType.Int16
        or TensorElementType.Int32 or TensorElementType.Int64 or TensorElementType.UInt8 or TensorElementType.UInt16
        or TensorElementType.UInt32 or TensorElementType.UInt64 or TensorElementType.Bool or TensorElementType.String;

    public static OrtValue Read(ref Utf8JsonReader reader, ModelInput input) => input.Type switch
    {
        TensorElementType.Float => Read<float, FloatElement>(ref reader, input),
        TensorElementType.Double => Read<double, DoubleElement>(ref reader, input),
        TensorElementType.Float16 => Read<Float16, FloatElement>(ref reader, input),
        TensorElementType.BFloat16 => Read<BFloat16, FloatElement>(ref reader, input),
        TensorElementType.Int8 => Read<sbyte, IntegerElement<sbyte>>(ref reader, input),
        TensorElementType.Int16 => Read<short, IntegerElement<short>>(ref reader, input),
        TensorElementType.Int32 => Read<int, IntegerElement<int>>(ref reader, input),
        TensorElementType.Int64 => Read<long, IntegerElement<long>>(ref reader, input),
        TensorElementType.UInt8 => Read<byte, IntegerElement<byte>>(ref reader, input),
        TensorElementType.UInt16 => Read<ushort, IntegerElement<ushort>>(ref reader, input),
        TensorElementType.UInt32 => Read<uint, IntegerElement<uint>>(ref reader, input),
        TensorElementType.UInt64 => Read<ulong, IntegerElement<ulong>>(ref reader, input),
        TensorElementType.Bool => Read<bool, BoolElement>(ref reader, input),
        TensorElementType.String => ReadStrings(ref reader, input),
        _ => throw new BadInputException($"Input '{input.Name}' is of type {input.TypeName}, which JSON cannot give."),
    };

    private static OrtValue Read<T, TElement>(ref Utf8JsonReader reader, ModelInput input)
        where T : unmanaged
        where TElement : IElement<T>
    {
        var list = new NestedList<T, TElement>(input);
        list.Read(ref reader);
        input.Check(list.Shape);
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, list.Values, list.Shape);
    }

    private static OrtValue ReadStrings(ref Utf8JsonReader reader, ModelInput input)
    {
        var list = new NestedList<string, StringElement>(input);
        list.Read(ref reader);
        input.Check(list.Shape);
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, list.Shape);
        var strings = list.Values.Span;
        for (var i = 0; i < strings.Length; i++)
        {
            value.StringTensorSetElementAt(strings[i].AsSpan(), i);
        }

        return value;
    }
}
