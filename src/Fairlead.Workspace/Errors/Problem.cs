using System.Diagnostics;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Fairlead.Workspace.Errors;

/// <summary>The one shape of every refusal.</summary>
internal static class Problem
{
    public const string MediaType = "application/problem+json";

    public static Task WriteAsync(HttpContext context, ErrorDocument error)
    {
        context.Response.StatusCode = error.StatusCode;
        return context.Response.WriteAsJsonAsync(
            Of(error, context), ContractsJson.Default.ProblemDto, MediaType, context.RequestAborted);
    }

    /// <summary>The answer to a status without a body, as routing and authentication make it.</summary>
    public static ErrorDocument OfStatus(HttpRequest request, int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ErrorDocument.Of(
            ErrorCodes.Unauthorized,
            status,
            "The request needs 'Authorization: Bearer TOKEN' with the workspace's admin token, "
            + "which is in the file 'admin-token' of the server's data directory."),
        StatusCodes.Status404NotFound => ErrorDocument.Of(
            ErrorCodes.InvalidArgument, status, $"There is nothing at '{request.Path}'. /reference shows every path."),
        StatusCodes.Status405MethodNotAllowed => ErrorDocument.Of(
            ErrorCodes.InvalidArgument, status, $"'{request.Path}' does not take {request.Method}; see the Allow header."),
        StatusCodes.Status415UnsupportedMediaType => ErrorDocument.Of(
            ErrorCodes.InvalidArgument,
            status,
            $"'Content-Type' is '{request.ContentType}', but must be application/json "
            + "(application/json-patch+json for PATCH)."),
        >= 500 => ErrorDocument.Of(
            ErrorCodes.InternalServerError, status, ReasonPhrases.GetReasonPhrase(status)),
        _ => ErrorDocument.Of(ErrorCodes.InvalidArgument, status, ReasonPhrases.GetReasonPhrase(status)),
    };

    private static ProblemDto Of(ErrorDocument error, HttpContext context) => new()
    {
        Type = "about:blank",
        Title = ReasonPhrases.GetReasonPhrase(error.StatusCode),
        Status = error.StatusCode,
        Detail = error.Message,
        Code = error.Code,
        StatusCode = error.StatusCode,
        Message = error.Message,
        Details = error.Details,
        TraceId = Activity.Current?.Id ?? context.TraceIdentifier,
    };
}
