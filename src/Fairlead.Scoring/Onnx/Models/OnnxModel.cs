using System.Text.Json;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Onnx.Tensors;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>A loaded model. Safe for several requests at a time.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly Dictionary<string, ModelInput> _inputsByName;
    private readonly string[] _inputNames;

    private OnnxModel(ModelFile file, InferenceSession session)
    {
        _session = session;
        File = file;
        Inputs =
        [
            .. session.InputNames.Select((name, i) => ModelInput.From(i, name, session.InputMetadata[name], isOptional: false)),
            .. session.OverridableInitializerMetadata.Select((entry, i) =>
                ModelInput.From(session.InputNames.Count + i, entry.Key, entry.Value, isOptional: true)),
        ];
        Outputs = [.. session.OutputNames.Select((name, i) => ModelOutput.From(i, name, session.OutputMetadata[name]))];
        OutputNames = [.. session.OutputNames];
        _inputsByName = Inputs.ToDictionary(input => input.Name, StringComparer.Ordinal);
        _inputNames = [.. Inputs.Select(input => input.Name)];
    }

    public ModelFile File { get; }

    public string Name => File.Name;

    /// <summary>In the model's order; those with a default come last.</summary>
    public ModelInput[] Inputs { get; }

    public ModelOutput[] Outputs { get; }

    public string[] OutputNames { get; }

    /// <summary>False once a batch showed that results cannot be told apart by rows.</summary>
    public bool CanBatch { get; set; } = true;

    public static OnnxModel Load(ModelFile file, SessionOptions options)
    {
        InferenceSession? session = null;
        try
        {
            session = new InferenceSession(file.Path, options);
            CheckInputs(file, session);
            return new OnnxModel(file, session);
        }
        catch (OnnxRuntimeException exception) when (!IsUnknownType(exception))
        {
            session?.Dispose();
            throw new StartException($"The ONNX model '{file.Path}' could not be loaded: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or ArgumentException)
        {
            session?.Dispose();
            throw new StartException(
                $"The ONNX model '{file.Path}' has inputs or outputs that cannot be served, such as 8-bit floats or 4-bit "
                + $"integers, for which ONNX Runtime has no tensors in .NET: {exception.Message}", exception);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>The input of that name; null: there is none.</summary>
    public ModelInput? FindInput(string name) => _inputsByName.GetValueOrDefault(name);

    /// <summary>The input whose name is the property's, found without making a string of it.</summary>
    public ModelInput? FindInput(ref Utf8JsonReader property)
    {
        foreach (var input in Inputs)
        {
            if (property.ValueTextEquals(input.Utf8Name))
            {
                return input;
            }
        }

        return null;
    }

    /// <summary>Runs the model; can be ended through the options.</summary>
    /// <param name="values">One for each of <see cref="Inputs"/>; null: its default.</param>
    public IDisposableReadOnlyCollection<OrtValue> Run(Tensor?[] values, IReadOnlyCollection<string> outputs, RunOptions options)
    {
        var names = _inputNames;
        var given = values.Length - values.AsSpan().Count((Tensor?)null);
        if (given < values.Length)
        {
            names = new string[given];
        }

        var tensors = new OrtValue[given];
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                names[next] = _inputNames[i];
                tensors[next++] = value.Value;
            }
        }

        return _session.Run(options, names, tensors, outputs);
    }

    public string ListInputs() => string.Join(", ", Inputs.Select(input => $"'{input.Name}' ({input.Description})"));

    public void Dispose() => _session.Dispose();

    private static void CheckInputs(ModelFile file, InferenceSession session)
    {
        foreach (var (name, metadata) in session.InputMetadata)
        {
            if (!metadata.IsTensor || !ElementTypes.Supports(metadata.ElementDataType))
            {
                var what = metadata.IsTensor ? $"tensor of {ElementTypes.NameOf(metadata.ElementDataType)}" : KindOf(metadata);
                throw new StartException(
                    $"Input '{name}' of the ONNX model '{file.Path}' is a {what}, which a request cannot give; "
                    + "inputs can be tensors of float, double, float16, bfloat16, integers of 8 to 64 bits, bool and string. "
                    + "Deploy the model with an entry script.");
            }
        }
    }

    /// <summary>The runtime's API for .NET has met an element type that it does not have.</summary>
    private static bool IsUnknownType(OnnxRuntimeException exception) =>
        exception.Message.Contains("Unregistered TensorElementType", StringComparison.Ordinal);

    private static string KindOf(NodeMetadata metadata) =>
        metadata.OnnxValueType.ToString().Replace("ONNX_TYPE_", "", StringComparison.Ordinal).ToLowerInvariant();
}
