using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Onnx.Batching;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Running;

/// <summary>Runs models for requests, each within the scoring timeout.</summary>
internal sealed partial class ModelRunner(ScoringOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Runs at a time; more wait. Each holds a thread, and the processors are far fewer.</summary>
    private const int MaxRuns = 64;

    /// <summary>Threads above those, so that probes are answered at once while models run.</summary>
    private const int SpareThreads = 16;

    private readonly SemaphoreSlim _runs = new(MaxRuns);

    private readonly ConcurrentDictionary<OnnxModel, Batcher> _batchers = new();

    private TimeSpan Limit => TimeSpan.FromMilliseconds(options.ScoringTimeoutMs);

    public static void ReserveThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, MaxRuns + SpareThreads), ports);
    }

    /// <summary>Runs and answers. Returns when the processor is free again, even when the answer was sent long before.</summary>
    public Task RunAsync(ModelRequest request) =>
        options.MaxBatchSize > 1 && BatchRules.RowsOf(request) is { } rows && rows <= options.MaxBatchSize
            ? RunInBatchAsync(request, rows)
            : RunAloneAsync(request);

    public void Dispose() => _runs.Dispose();

    private async Task RunInBatchAsync(ModelRequest request, long rows)
    {
        var batcher = _batchers.GetOrAdd(
            request.Model,
            model => new Batcher(options, time, new BatchRunner(model, _runs, time, logger).RunAsync));
        var member = batcher.Add(request, rows);
        try
        {
            using var share = await member.Share.WaitAsync(Limit, time, CancellationToken.None);
            await AnswerAsync(request, share.Slices, share.Taken);
        }
        catch (TimeoutException)
        {
            member.Leave();
            await FailOnTimeAsync(request);
            // The request's values are read until the run has ended.
            await ((Task)member.Share).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (member.Share.IsCompletedSuccessfully)
            {
                (await member.Share).Dispose();
            }
        }
        catch (OnnxRuntimeException exception)
        {
            await FailAsync(request, exception);
        }
    }

    private async Task RunAloneAsync(ModelRequest request)
    {
        if (!await _runs.WaitAsync(Limit))
        {
            await FailOnTimeAsync(request);
            return;
        }

        IDisposableReadOnlyCollection<OrtValue>? results = null;
        Exception? failure = null;
        var taken = TimeSpan.Zero;
        using (var run = new TimedRun(Limit, time, () => FailOnTimeAsync(request)))
        {
            try
            {
                var started = time.GetTimestamp();
                // On this thread: handing over to another costs more than a small model.
                results = request.Model.Run(request.Values, request.OutputNames, run.Options);
                taken = time.GetElapsedTime(started);
            }
            catch (OnnxRuntimeException exception)
            {
                failure = exception;
            }
            finally
            {
                _runs.Release();
            }

            if (!run.TryFinish())
            {
                results?.Dispose();
                await run.Told;
                return;
            }
        }

        using (results)
        {
            await (failure is null ? AnswerAsync(request, Whole(results!), taken) : FailAsync(request, failure));
        }
    }

    private static TensorSlice[] Whole(IReadOnlyCollection<OrtValue> results)
    {
        var slices = new TensorSlice[results.Count];
        var next = 0;
        foreach (var value in results)
        {
            slices[next++] = value;
        }

        return slices;
    }

    private async Task AnswerAsync(ModelRequest request, ReadOnlyMemory<TensorSlice> results, TimeSpan taken)
    {
        try
        {
            await request.AnswerAsync(results, taken);
        }
        catch (NotSupportedException exception)
        {
            await FailAsync(request, exception);
        }
    }

    private Task FailAsync(ModelRequest request, Exception failure)
    {
        LogRunFailed(failure);
        return request.FailAsync(ErrorResponse.ScriptError);
    }

    private async Task FailOnTimeAsync(ModelRequest request)
    {
        LogTimeout(options.ScoringTimeoutMs);
        await request.FailAsync(
            string.Create(CultureInfo.InvariantCulture, $"Scoring timeout after {options.ScoringTimeoutMs} ms"));
        await request.Context.Response.CompleteAsync();
    }

    [LoggerMessage(LogLevel.Error, "Scoring timeout after {TimeoutMs} ms: the model's run is being ended")]
    private partial void LogTimeout(int timeoutMs);

    [LoggerMessage(LogLevel.Error, "The model failed")]
    private partial void LogRunFailed(Exception exception);
}
