namespace Fairlead.Contracts.Models;

/// <summary>The values of a model's framework (§1.2).</summary>
public static class ModelFrameworks
{
    public const string TensorFlow = "TensorFlow";
    public const string ScikitLearn = "ScikitLearn";
    public const string Onnx = "Onnx";
    public const string Custom = "Custom";
    public const string Multi = "Multi";

    /// <summary>All of them, for messages and validation.</summary>
    public static IReadOnlyList<string> All { get; } = [TensorFlow, ScikitLearn, Onnx, Custom, Multi];

    /// <summary>The canonical spelling of a name given in any case; null when there is none.</summary>
    public static string? Find(string name) =>
        All.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
}
