using System.Diagnostics;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Fairlead.Workspace.Errors;

/// <summary>Writes refusals: RFC 9457 with the members of §6.2's error beside it.</summary>
internal static class ProblemWriter
{
    private const string ErrorType = "urn:fairlead:error:";

    public static Task WriteAsync(HttpContext context, ErrorDocument error)
    {
        context.Response.StatusCode = error.StatusCode;
        var problem = new ProblemDto
        {
            Type = ErrorType + error.Code,
            Title = ReasonPhrases.GetReasonPhrase(error.StatusCode),
            Status = error.StatusCode,
            Detail = error.Message,
            Code = error.Code,
            StatusCode = error.StatusCode,
            Message = error.Message,
            Details = error.Details,
            TraceId = Activity.Current?.Id ?? context.TraceIdentifier,
        };
        context.Response.ContentType = "application/problem+json";
        return context.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(problem, ContractsJson.Default.ProblemDto)).AsTask();
    }
}
