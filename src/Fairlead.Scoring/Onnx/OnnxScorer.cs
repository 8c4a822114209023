using System.Buffers;
using System.Globalization;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx;

/// <summary>Answers with an ONNX model in this process. Its library is loaded only here, so that hosts of Python scripts
/// do not pay for it.</summary>
internal sealed partial class OnnxScorer(ScoringOptions options, TimeProvider time, ILogger logger) : IScorer
{
    private OnnxModel? _model;

    /// <summary>A loaded model does not fail for good.</summary>
    public Task<StartException> Fatal { get; } = new TaskCompletionSource<StartException>().Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var file = OnnxModelFile.Find(options.ModelDirectory);
        LogFound(file);
        var started = time.GetTimestamp();
        _model = await Task.Run(() => OnnxModel.Load(file), cancellationToken);
        LogLoaded(
            time.GetElapsedTime(started).TotalMilliseconds,
            string.Join(", ", _model.Inputs.Values.Select(input => $"{input.Name} {input.Description}")));
    }

    public async Task ScoreAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST, OPTIONS";
            await ErrorResponse.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "Method not allowed");
            return;
        }

        OnnxRequest request;
        try
        {
            using var body = await BodyBuffer.ReadAsync(context.Request, context.RequestAborted);
            request = OnnxRequest.Parse(body.Span, _model!.Inputs);
        }
        catch (BadInputException exception)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, exception.Message);
            return;
        }

        using (request)
        {
            await RunAsync(context, request);
        }
    }

    public ValueTask DisposeAsync()
    {
        _model?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task RunAsync(HttpContext context, OnnxRequest request)
    {
        using var runOptions = new RunOptions();
        var answer = new ArrayBufferWriter<byte>(512);
        var taken = TimeSpan.Zero;
        // Not on the thread that serves the connection: probes must be answered while models run.
        var run = Task.Run(() => _model!.Run(request, runOptions, answer, out taken, time), CancellationToken.None);
        try
        {
            await run.WaitAsync(TimeSpan.FromMilliseconds(options.ScoringTimeoutMs), time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            runOptions.Terminate = true;
            var message = string.Create(CultureInfo.InvariantCulture, $"Scoring timeout after {options.ScoringTimeoutMs} ms");
            LogTimeout(options.ScoringTimeoutMs);
            await ErrorResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, message, runFunctionFailed: true);
            await context.Response.CompleteAsync();
            // The lease is kept until the processor is really free.
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or NotSupportedException)
        {
            LogRunFailed(exception);
            await ErrorResponse.WriteAsync(
                context, StatusCodes.Status500InternalServerError, ErrorResponse.ScriptError, runFunctionFailed: true);
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.WrittenCount;
        context.Response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(false);
        context.Response.Headers[ScoringHeaders.ExecMs] = taken.TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture);
        await context.Response.Body.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Information, "Found ONNX model at {File}")]
    private partial void LogFound(string file);

    [LoggerMessage(LogLevel.Information, "The ONNX model was loaded in {Milliseconds:F0} ms; inputs: {Inputs}")]
    private partial void LogLoaded(double milliseconds, string inputs);

    [LoggerMessage(LogLevel.Error, "Scoring timeout after {TimeoutMs} ms: the model's run is being ended")]
    private partial void LogTimeout(int timeoutMs);

    [LoggerMessage(LogLevel.Error, "The model failed")]
    private partial void LogRunFailed(Exception exception);
}
