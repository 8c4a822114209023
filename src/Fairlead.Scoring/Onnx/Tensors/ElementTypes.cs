using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Scoring.Onnx.Tensors;

/// <summary>The element types that requests can give: their names here and in the Open Inference Protocol, their sizes.</summary>
internal static class ElementTypes
{
    /// <summary>True when an input of the type can be given. Complex numbers cannot: no runtime kernel takes them; 8-bit
    /// floats and 4-bit integers cannot: the runtime's API for .NET has no tensors of them.</summary>
    public static bool Supports(TensorElementType type) => type == TensorElementType.String || SizeOf(type) > 0;

    /// <summary>Bytes of one element; 0: of no fixed size (strings), or a type that is not supported.</summary>
    public static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.Int8 or TensorElementType.UInt8 => 1,
        TensorElementType.Int16 or TensorElementType.UInt16 or TensorElementType.Float16 or TensorElementType.BFloat16 => 2,
        TensorElementType.Int32 or TensorElementType.UInt32 or TensorElementType.Float => 4,
        TensorElementType.Int64 or TensorElementType.UInt64 or TensorElementType.Double => 8,
        _ => 0,
    };

    /// <summary>As ONNX's own operators spell it, for example <c>float16</c>.</summary>
    public static string NameOf(TensorElementType type) => type.ToString().ToLowerInvariant();

    /// <summary>The Open Inference Protocol's name, for example <c>FP32</c>.</summary>
    public static string DatatypeOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool => "BOOL",
        TensorElementType.Int8 => "INT8",
        TensorElementType.Int16 => "INT16",
        TensorElementType.Int32 => "INT32",
        TensorElementType.Int64 => "INT64",
        TensorElementType.UInt8 => "UINT8",
        TensorElementType.UInt16 => "UINT16",
        TensorElementType.UInt32 => "UINT32",
        TensorElementType.UInt64 => "UINT64",
        TensorElementType.Float16 => "FP16",
        TensorElementType.Float => "FP32",
        TensorElementType.Double => "FP64",
        TensorElementType.BFloat16 => "BF16",
        TensorElementType.String => "BYTES",
        _ => type.ToString().ToUpperInvariant(),
    };
}
