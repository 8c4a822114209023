using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Batching;

/// <summary>Runs a batch and gives each member its rows. When the run fails, or its results have other rows, each member is
/// run alone, so that only the one at fault fails.</summary>
internal sealed partial class BatchRunner(OnnxModel model, SemaphoreSlim runs, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(IReadOnlyList<BatchMember> members)
    {
        await runs.WaitAsync();
        try
        {
            if (members.Count == 1 || !TryRunTogether(members))
            {
                foreach (var member in members)
                {
                    RunAlone(member);
                }
            }
        }
        catch (Exception exception)
        {
            // Whatever it was, every request gets an answer.
            foreach (var member in members)
            {
                member.Fail(exception);
            }
        }
        finally
        {
            runs.Release();
        }
    }

    private bool TryRunTogether(IReadOnlyList<BatchMember> members)
    {
        using var run = new BatchRun();
        List<BatchMember> joined = [.. members.Where(member => member.TryJoin(run))];
        if (joined.Count < 2)
        {
            return false;
        }

        var values = BatchRules.Join(joined);
        try
        {
            var started = time.GetTimestamp();
            var results = model.Run(values, joined[0].Request.OutputNames, run.Options);
            var taken = time.GetElapsedTime(started);
            if (!HaveRows(results, joined.Sum(member => member.Rows)))
            {
                results.Dispose();
                model.CanBatch = false;
                LogNotByRows(model.Name);
                return false;
            }

            Share(joined, results, taken);
            foreach (var late in members.Except(joined))
            {
                late.Fail(new TimeoutException());
            }

            return true;
        }
        catch (OnnxRuntimeException exception)
        {
            LogAlone(joined.Count, model.Name, exception.Message);
            return false;
        }
        finally
        {
            foreach (var value in values)
            {
                value?.Dispose();
            }
        }
    }

    private static void Share(List<BatchMember> members, IDisposableReadOnlyCollection<OrtValue> results, TimeSpan taken)
    {
        var shared = new SharedResults(results, members.Count);
        long first = 0;
        foreach (var member in members)
        {
            var range = new RowRange(first, member.Rows);
            first += member.Rows;
            member.Complete(new BatchShare([.. results.Select(value => new TensorSlice(value, range))], taken, shared));
        }
    }

    private void RunAlone(BatchMember member)
    {
        using var run = new BatchRun();
        if (!member.TryJoin(run))
        {
            member.Fail(new TimeoutException());
            return;
        }

        try
        {
            var started = time.GetTimestamp();
            var results = model.Run(member.Request.Values, member.Request.OutputNames, run.Options);
            var slices = results.Select(value => new TensorSlice(value, null)).ToArray();
            member.Complete(new BatchShare(slices, time.GetElapsedTime(started), new SharedResults(results, 1)));
        }
        catch (OnnxRuntimeException exception)
        {
            member.Fail(exception);
        }
    }

    private static bool HaveRows(IReadOnlyCollection<OrtValue> results, long rows)
    {
        foreach (var value in results)
        {
            if (!value.IsTensor || value.GetTensorTypeAndShape().Shape is not [var first, ..] || first != rows)
            {
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(LogLevel.Warning, "Model {Name} is not batched any more: the rows of its results are not those of its inputs")]
    private partial void LogNotByRows(string name);

    [LoggerMessage(LogLevel.Warning, "A batch of {Count} requests to model {Name} failed; each is run alone: {Message}")]
    private partial void LogAlone(int count, string name, string message);
}
