using Fairlead.Scoring.Admission;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Requests;
using Fairlead.Scoring.Onnx.Running;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>The paths below <c>/v2</c>.</summary>
internal sealed class ProtocolRoutes(ModelRunner runner)
{
    /// <param name="models">Null: they are still being loaded.</param>
    public async Task HandleAsync(HttpContext context, ModelCatalog? models, ConcurrencyGate gate)
    {
        var route = Split(context.Request.Path.Value!);
        var allowed = route is ["models", _, .., "infer"] ? "POST" : "GET, HEAD";
        if (!IsRoute(route))
        {
            await ProtocolAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, ErrorResponse.NotFound);
            return;
        }

        if (!allowed.Split(", ").Contains(context.Request.Method, StringComparer.Ordinal))
        {
            context.Response.Headers.Allow = allowed;
            await ProtocolAnswer.WriteErrorAsync(
                context, StatusCodes.Status405MethodNotAllowed, $"Method {context.Request.Method} is not allowed here; allowed: {allowed}.");
            return;
        }

        try
        {
            await AnswerAsync(context, route, models, gate);
        }
        catch (BadInputException exception)
        {
            await ProtocolAnswer.WriteErrorAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (UnknownModelException exception)
        {
            await ProtocolAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            await ProtocolAnswer.WriteErrorAsync(
                context, exception.StatusCode, ScoringFront.DescribeBadRequest(exception));
        }
    }

    private static string[] Split(string path) =>
        path["/v2".Length..].Trim('/') is { Length: > 0 } rest ? rest.Split('/') : [];

    private static bool IsRoute(string[] route) => route is [] or ["health", "live" or "ready"]
        or ["models", _] or ["models", _, "ready" or "infer"]
        or ["models", _, "versions", _] or ["models", _, "versions", _, "ready" or "infer"];

    private async Task AnswerAsync(HttpContext context, string[] route, ModelCatalog? models, ConcurrencyGate gate)
    {
        if (route is [])
        {
            await ProtocolAnswer.WriteAsync(context, StatusCodes.Status200OK, ProtocolMetadata.WriteServer);
            return;
        }

        if (route is ["health", var what])
        {
            await WriteHealthAsync(context, gate, isReadiness: what == "ready");
            return;
        }

        var isInfer = route[^1] == "infer" && route.Length is 3 or 5;
        using var lease = isInfer ? gate.TryEnter(out var refusal) : NoLease(models, out refusal);
        if (refusal.Length > 0 || models is null)
        {
            await ProtocolAnswer.WriteRefusedAsync(context, refusal.Length > 0 ? refusal : "starting");
            return;
        }

        var name = route[1];
        var model = models.Find(name, route.Length >= 4 ? route[3] : null);
        if (isInfer)
        {
            await InferAsync(context, model);
        }
        else if (route is [.., _, "ready"] && route.Length is 3 or 5)
        {
            await WriteModelReadyAsync(context, model);
        }
        else
        {
            await ProtocolAnswer.WriteAsync(
                context, StatusCodes.Status200OK, writer => ProtocolMetadata.WriteModel(writer, model, models.VersionsOf(name)));
        }
    }

    private async Task InferAsync(HttpContext context, OnnxModel model)
    {
        using var request = new InferRequest(context, model);
        using (var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted))
        {
            InferRequestReader.Read(request, body.Span, context.Request.Headers[InferRequest.JsonLengthHeader]);
        }

        await runner.RunAsync(request);
    }

    /// <summary>Metadata is no work: it passes by the gate, once there is any.</summary>
    private static GateLease? NoLease(ModelCatalog? models, out string refusal)
    {
        refusal = models is null ? "starting" : "";
        return null;
    }

    private static Task WriteModelReadyAsync(HttpContext context, OnnxModel model) =>
        ProtocolAnswer.WriteAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, model.Name);
            writer.WriteBoolean("ready"u8, true);
            writer.WriteEndObject();
        });

    /// <summary>The protocol's document calls the member of the readiness answer "live"; clients look for "ready" too.</summary>
    private static Task WriteHealthAsync(HttpContext context, ConcurrencyGate gate, bool isReadiness)
    {
        var isReady = gate.Phase == HostPhase.Ready;
        var status = isReadiness && !isReady ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return ProtocolAnswer.WriteAsync(context, status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("live"u8, true);
            if (isReadiness)
            {
                writer.WriteBoolean("ready"u8, isReady);
            }

            writer.WriteEndObject();
        });
    }
}
