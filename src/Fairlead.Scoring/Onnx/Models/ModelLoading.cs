using System.Collections.Concurrent;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Onnx.Models;

/// <summary>The start: finds the models, loads them side by side, and says in the log what came from where.</summary>
internal sealed partial class ModelLoading(ScoringOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Above this many models the log has only their number.</summary>
    private const int MaxLogged = 20;

    public ModelCatalog Load(CancellationToken cancellationToken)
    {
        var files = ModelFiles.Find(options.ModelDirectory);
        var (version, offered) = OnnxRuntimeLibrary.Start();
        using var chosen = ExecutionProviders.Choose(options.ExecutionProviders, offered);
        foreach (var (name, reason) in chosen.Unavailable)
        {
            LogUnavailable(name, reason);
        }

        LogRuntime(version, chosen.Description, string.Join(", ", offered));
        LogFound(files.Count, options.ModelDirectory);
        var started = time.GetTimestamp();
        var loaded = new ConcurrentBag<OnnxModel>();
        try
        {
            Parallel.ForEach(
                files,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
                file => loaded.Add(Load(file, chosen.Options, quiet: files.Count > MaxLogged)));
        }
        catch (Exception exception)
        {
            foreach (var model in loaded)
            {
                model.Dispose();
            }

            if (exception is AggregateException { InnerExceptions: [StartException first, ..] })
            {
                throw new StartException(first.Message, first);
            }

            throw;
        }

        LogAllLoaded(loaded.Count, time.GetElapsedTime(started).TotalMilliseconds);
        return new ModelCatalog(loaded);
    }

    private OnnxModel Load(ModelFile file, Microsoft.ML.OnnxRuntime.SessionOptions sessionOptions, bool quiet)
    {
        var started = time.GetTimestamp();
        var model = OnnxModel.Load(file, sessionOptions);
        var taken = time.GetElapsedTime(started).TotalMilliseconds;
        try
        {
            if (WarmUp.Run(model, options, time) is { } warm)
            {
                LogWarm(model.Name, warm.Requests, WarmUp.FileName, warm.Taken.TotalMilliseconds);
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }

        if (!quiet)
        {
            LogLoaded(
                model.Name, file.Version is null ? "" : $" version {file.Version}", file.Path, taken,
                string.Join("; ", model.Inputs.Select(input =>
                    $"{input.Name} {input.Description}{(input.IsOptional ? " (has a default)" : "")}")),
                string.Join("; ", model.Outputs.Select(output => $"{output.Name} {output.Description}")));
        }

        return model;
    }

    [LoggerMessage(LogLevel.Information, "ONNX Runtime {Version}: models run on {Chosen}; its library offers {Providers}")]
    private partial void LogRuntime(string version, string chosen, string providers);

    [LoggerMessage(LogLevel.Warning, "Execution provider {Name} is asked for but not used: {Reason}")]
    private partial void LogUnavailable(string name, string reason);

    [LoggerMessage(LogLevel.Information, "Found {Count} ONNX model(s) in {Folder}")]
    private partial void LogFound(int count, string folder);

    [LoggerMessage(LogLevel.Information, "Loaded model {Name}{Version} from {File} in {Milliseconds:F0} ms; inputs: {Inputs}; outputs: {Outputs}")]
    private partial void LogLoaded(string name, string version, string file, double milliseconds, string inputs, string outputs);

    [LoggerMessage(LogLevel.Information, "Warmed model {Name} up with {Count} request(s) of {File} in {Milliseconds:F0} ms")]
    private partial void LogWarm(string name, int count, string file, double milliseconds);

    [LoggerMessage(LogLevel.Information, "Loaded {Count} ONNX model(s) in {Milliseconds:F0} ms")]
    private partial void LogAllLoaded(int count, double milliseconds);
}
