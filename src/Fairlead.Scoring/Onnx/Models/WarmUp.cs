using System.Text;
using System.Text.Json;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Running;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>Runs the requests of <c>warmup.json</c>, which lies beside the model's file, before the service is ready: one
/// body as <c>/score</c> takes it, or a list of them. One that fails ends the start.</summary>
internal static class WarmUp
{
    public const string FileName = "warmup.json";

    /// <summary>How many requests ran, and for how long; null: there is no file.</summary>
    public static (int Requests, TimeSpan Taken)? Run(OnnxModel model, ScoringOptions options, TimeProvider time)
    {
        var file = Path.Combine(Path.GetDirectoryName(model.File.Path)!, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        var started = time.GetTimestamp();
        try
        {
            using var content = JsonDocument.Parse(File.ReadAllBytes(file));
            var bodies = content.RootElement.ValueKind == JsonValueKind.Array
                ? content.RootElement.EnumerateArray().ToArray() : [content.RootElement];
            foreach (var body in bodies)
            {
                RunOne(model, Encoding.UTF8.GetBytes(body.GetRawText()), options, time);
            }

            return (bodies.Length, time.GetElapsedTime(started));
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException
            or BadInputException or OnnxRuntimeException)
        {
            throw new StartException($"The warm-up of model '{model.Name}' with '{file}' failed: {exception.Message}", exception);
        }
    }

    private static void RunOne(OnnxModel model, byte[] body, ScoringOptions options, TimeProvider time)
    {
        using var request = new ScoreRequest(new DefaultHttpContext(), model);
        request.Parse(body);
        using var run = new TimedRun(
            TimeSpan.FromMilliseconds(options.ScoringTimeoutMs), time, static () => Task.CompletedTask);
        try
        {
            model.Run(request.Values, request.OutputNames, run.Options).Dispose();
        }
        finally
        {
            // From here on the timer leaves the run's options alone.
            if (!run.TryFinish())
            {
                run.Told.GetAwaiter().GetResult();
            }
        }
    }
}
