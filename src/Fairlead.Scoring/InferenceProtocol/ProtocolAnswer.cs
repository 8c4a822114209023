using System.Text.Json;
using Fairlead.Contracts;
using Fairlead.Scoring.Http;
using Fairlead.Scoring.Onnx.Requests;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>Answers in the protocol's shapes; errors are <c>{"error": "…"}</c>.</summary>
internal static class ProtocolAnswer
{
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        using var answer = AnswerBuffer.Rent();
        write(answer.Writer);
        await answer.Writer.FlushAsync();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentLength = answer.Bytes.Count;
            return;
        }

        await answer.SendAsync(context);
    }

    public static Task WriteErrorAsync(HttpContext context, int status, string message, bool runFunctionFailed = false)
    {
        if (context.Response.HasStarted)
        {
            // The client must not take a cut answer for a whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Headers[ScoringHeaders.RunFunctionFailed] = ScoringHeaders.Flag(runFunctionFailed);
        return WriteAsync(context, status, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, message);
            writer.WriteEndObject();
        });
    }

    /// <summary>Nothing was run: the gateway tries another replica.</summary>
    public static Task WriteRefusedAsync(HttpContext context, string reason)
    {
        context.Response.Headers[ScoringHostHeaders.Refused] = reason;
        return WriteErrorAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            $"This replica does not take the request: it is {reason}. Nothing was run; try again.");
    }
}
