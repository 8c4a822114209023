using System.Net;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Client;

/// <summary>The workspace (or a gateway) refused a request.</summary>
public sealed class FairleadApiException : Exception
{
    public FairleadApiException(HttpStatusCode status, string code, string message, IReadOnlyList<ErrorDetail> details)
        : base(message)
    {
        Status = status;
        Code = code;
        Details = details;
    }

    /// <summary>The HTTP status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>A stable name of <see cref="ErrorCodes"/>, or <c>Http{status}</c> when the answer named none.</summary>
    public string Code { get; }

    /// <summary>Causes, most telling first; may be empty.</summary>
    public IReadOnlyList<ErrorDetail> Details { get; }

    /// <summary>The same as a document, for output.</summary>
    public ErrorDocument ToDocument() => new(Code, (int)Status, Message, Details);

    internal static FairleadApiException Of(HttpStatusCode status, ProblemDto? problem, string fallback) => new(
        status,
        problem?.Code ?? "Http" + (int)status,
        problem?.Message ?? problem?.Detail ?? problem?.Title ?? fallback,
        problem?.Details ?? []);
}
