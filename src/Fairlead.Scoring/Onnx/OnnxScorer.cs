using Fairlead.Scoring.Admission;
using Fairlead.Scoring.Hosting;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.InferenceProtocol;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Running;
using Fairlead.Scoring.Swagger;

namespace Fairlead.Scoring.Onnx;

/// <summary>Answers with ONNX models in this process. Their library is loaded only here, so that hosts of Python scripts
/// do not pay for it.</summary>
internal sealed class OnnxScorer(ScoringOptions options, TimeProvider time, ILogger logger)
    : IScorer, IInferenceProtocol
{
    private readonly ModelRunner _runner = new(options, time, logger);
    private ModelCatalog? _models;
    private ServiceSchema? _schema;

    /// <summary>A loaded model does not fail for good.</summary>
    public Task<StartException> Fatal { get; } = new TaskCompletionSource<StartException>().Task;

    public ServiceSchema Schema => _models is null ? ServiceSchema.Undecorated : _schema ??= ModelSchema.Of(_models);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        ModelRunner.ReserveThreads();
        _models = await Task.Run(() => new ModelLoading(options, time, logger).Load(cancellationToken), cancellationToken);
    }

    public async Task ScoreAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST, OPTIONS";
            await ErrorResponse.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "Method not allowed");
            return;
        }

        ScoreRequest? request = null;
        try
        {
            request = new ScoreRequest(context, FindModel(context.Request));
            using (var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted))
            {
                request.Parse(body.Span);
            }

            await _runner.RunAsync(request);
        }
        catch (BadInputException exception)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (UnknownModelException exception)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, exception.Message);
        }
        finally
        {
            request?.Dispose();
        }
    }

    public Task HandleProtocolAsync(HttpContext context, ConcurrencyGate gate) =>
        new ProtocolRoutes(_runner).HandleAsync(context, _models, gate);

    public ValueTask DisposeAsync()
    {
        _models?.Dispose();
        _runner.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>By <c>?model=</c> and <c>version=</c>.</summary>
    private OnnxModel FindModel(HttpRequest request) => request.QueryString.HasValue
        ? _models!.Find(request.Query["model"], request.Query["version"])
        : _models!.Find(null, null);
}
