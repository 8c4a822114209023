using Fairlead.Gateway.Listening;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Begins to read a request's body, and answers for what clients send wrong.</summary>
internal static class BodyReading
{
    /// <summary>
    /// Puts a <see cref="ReplayableBody"/> in the place of the body and fills its prefix. No body is no error.
    /// </summary>
    public static async Task<(ReplayableBody? Body, GatewayAnswer? Answer)> BeginAsync(
        HttpContext context, GatewayOptions options)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return (null, null);
        }

        // The server would cut the connection at its limit; counted here, the client gets to read why.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
        {
            serverLimit.MaxRequestBodySize = null;
        }

        var length = context.Request.ContentLength;
        if (length > options.MaxRequestBodyBytes)
        {
            return (null, GatewayAnswer.BodyTooLarge(options.MaxRequestBodyText));
        }

        var body = new ReplayableBody(context.Request.Body, length, options.MaxRequestBodyBytes);
        try
        {
            await body.FillPrefixAsync(context.RequestAborted);
            context.Request.Body = body;
            return (body, null);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            body.ReleasePrefix();
            return (null, AnswerOf(error, options));
        }
    }

    /// <summary>Null when the client has gone.</summary>
    public static GatewayAnswer? AnswerOf(Exception? error, GatewayOptions options) => error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            GatewayAnswer.BodyTooLarge(options.MaxRequestBodyText),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => GatewayAnswer.SlowRequest,
        BadHttpRequestException bad => GatewayAnswer.BadRequest(bad.Message),
        _ => null,
    };
}
