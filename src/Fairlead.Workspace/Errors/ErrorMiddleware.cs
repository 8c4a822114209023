using System.Text.Json;
using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Workspace.Errors;

/// <summary>The one place where exceptions and empty refusals become answers.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    private const int SqliteFull = 13;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await ProblemWriter.WriteAsync(context, Plain(context));
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var error = Describe(exception);
            if (error.StatusCode == 500)
            {
                LogDefect(context.Request.Method, context.Request.Path, exception);
            }

            var offset = context.Response.Headers["Upload-Offset"];
            context.Response.Clear();
            if (offset.Count > 0)
            {
                context.Response.Headers["Upload-Offset"] = offset;
            }

            await ProblemWriter.WriteAsync(context, error);
        }
    }

    private static ErrorDocument Describe(Exception exception) => exception switch
    {
        FairleadException known => known.Error,
        BadHttpRequestException { InnerException: JsonException json } => BadJson(json),
        BadHttpRequestException bad => ErrorDocument.Of(ErrorCodes.InvalidArgument, bad.StatusCode, bad.Message),
        JsonException json => BadJson(json),
        IOException io when BlobStore.IsDiskFull(io) => Full(),
        SqliteException { SqliteErrorCode: SqliteFull } => Full(),
        DbUpdateException { InnerException: SqliteException { SqliteErrorCode: SqliteFull } } => Full(),
        _ => ErrorDocument.Of(
            ErrorCodes.InternalServerError, 500,
            "An internal server error occurred. The server's log has the details under this trace id."),
    };

    private static ErrorDocument Full() => ErrorDocument.Of(
        ErrorCodes.StorageFull, 507, "The workspace's disk is full: free some space and try again.");

    private static ErrorDocument BadJson(JsonException json)
    {
        var field = json.Path is ['$', '.', .. var path] ? path : json.Path;
        return new(
            ErrorCodes.InvalidArgument, 400,
            $"The body is not the JSON it should be, at '{field ?? "$"}' (line {json.LineNumber + 1}): {json.Message}",
            [new ErrorDetail(ErrorCodes.InvalidArgument, json.Message, field)]);
    }

    private static ErrorDocument Plain(HttpContext context) => context.Response.StatusCode switch
    {
        404 => ErrorDocument.Of(
            ErrorCodes.InvalidArgument, 404, $"There is nothing at '{context.Request.Path}'. The API's reference is at /reference."),
        405 => ErrorDocument.Of(
            ErrorCodes.InvalidArgument, 405, $"'{context.Request.Path}' does not take {context.Request.Method}."),
        415 => ErrorDocument.Of(
            ErrorCodes.InvalidArgument, 415, $"'{context.Request.ContentType}' is not a content type that this takes; send application/json."),
        var code => ErrorDocument.Of(ErrorCodes.InvalidArgument, code, "The request cannot be carried out as it is."),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogDefect(string method, string path, Exception exception);
}
