using System.Buffers;
using System.Text.Json;
using Fairlead.Scoring.Hosting;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Fairlead.Scoring.Onnx;

/// <summary>A loaded model. Safe for several requests at a time.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;

    private OnnxModel(InferenceSession session)
    {
        _session = session;
        Inputs = session.InputMetadata.ToDictionary(
            entry => entry.Key, entry => ModelInput.From(entry.Key, entry.Value), StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, ModelInput> Inputs { get; }

    public static OnnxModel Load(string file)
    {
        try
        {
            using var options = new SessionOptions
            {
                // The processors this container may use, which the runtime's own count does not know; and no spinning,
                // since replicas share them.
                IntraOpNumThreads = Environment.ProcessorCount,
            };
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            var model = new OnnxModel(new InferenceSession(file, options));
            model.CheckInputs(file);
            return model;
        }
        catch (OnnxRuntimeException exception)
        {
            throw new StartException($"The ONNX model '{file}' could not be loaded: {exception.Message}", exception);
        }
        catch (TypeInitializationException exception)
        {
            throw new StartException(
                $"ONNX Runtime could not be loaded; its library belongs beside the binary: {exception.InnerException?.Message}",
                exception);
        }
    }

    /// <summary>Runs the model and writes its answer; can be ended through the options.</summary>
    public void Run(OnnxRequest request, RunOptions options, IBufferWriter<byte> answer, out TimeSpan taken, TimeProvider time)
    {
        var started = time.GetTimestamp();
        using var results = _session.Run(
            options, [.. request.Values.Keys], [.. request.Values.Values], _session.OutputNames);
        taken = time.GetElapsedTime(started);
        using var writer = new Utf8JsonWriter(answer);
        writer.WriteStartObject();
        if (request.IsDataForm)
        {
            writer.WritePropertyName("result");
            TensorWriter.Write(writer, results[0]);
        }

        if (!request.IsDataForm || results.Count > 1)
        {
            writer.WriteStartObject("outputs");
            for (var i = 0; i < results.Count; i++)
            {
                writer.WritePropertyName(_session.OutputNames[i]);
                TensorWriter.Write(writer, results[i]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    public void Dispose() => _session.Dispose();

    private void CheckInputs(string file)
    {
        foreach (var (name, metadata) in _session.InputMetadata)
        {
            if (!metadata.IsTensor || !TensorReader.Supports(metadata.ElementDataType))
            {
                throw new StartException(
                    $"Input '{name}' of the ONNX model '{file}' is a {metadata.OnnxValueType} of {metadata.ElementDataType}, "
                    + "which cannot be given as JSON; deploy the model with an entry script.");
            }
        }
    }
}
