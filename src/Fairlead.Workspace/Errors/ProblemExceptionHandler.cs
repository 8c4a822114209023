using System.Text.Json;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fairlead.Workspace.Errors;

/// <summary>Turns what endpoints throw into answers; what nobody foresaw is logged and tells the caller nothing.</summary>
internal sealed partial class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await Problem.WriteAsync(httpContext, ErrorOf(httpContext, exception));
        return true;
    }

    private ErrorDocument ErrorOf(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case FairleadException refusal:
                return refusal.Error;
            case BadHttpRequestException { InnerException: JsonException json }:
                return OfJson(json);
            case JsonException json:
                return OfJson(json);
            case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType }:
                return Problem.OfStatus(context.Request, StatusCodes.Status415UnsupportedMediaType);
            case BadHttpRequestException bad:
                return ErrorDocument.Of(ErrorCodes.InvalidArgument, bad.StatusCode, bad.Message);
            case var full when StorageErrors.IsFull(full):
                return StorageErrors.Full(full).Error;
            case var database when DatabaseErrors.Describe(database) is { } unavailable:
                LogDatabase(unavailable.Message, context.Request.Method, context.Request.Path);
                return unavailable.Error;
            default:
                LogUnexpected(exception, context.Request.Method, context.Request.Path);
                return ErrorDocument.Of(
                    ErrorCodes.InternalServerError,
                    StatusCodes.Status500InternalServerError,
                    $"An internal server error occurred. The server's log tells more under '{context.TraceIdentifier}'.");
        }
    }

    private static ErrorDocument OfJson(JsonException json)
    {
        var field = json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        var where = json.LineNumber is { } line
            ? FormattableString.Invariant($" (line {line + 1}, byte {json.BytePositionInLine + 1})")
            : "";
        var what = json.Message.Split(" Path: ")[0];
        var message = field is null
            ? $"The body is not the JSON expected here{where}: {what}"
            : $"'{field}' in the body is not of the type expected{where}: {what}";
        return new ErrorDocument(
            ErrorCodes.InvalidArgument, 400, message, [new ErrorDetail(ErrorCodes.InvalidArgument, what, field)]);
    }

    [LoggerMessage(LogLevel.Warning, "{Reason} ({Method} {Path})")]
    private partial void LogDatabase(string reason, string method, string path);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string method, string path);
}
