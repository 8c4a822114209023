using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Api;

/// <summary>
/// The body of every refused request, <c>application/problem+json</c> (RFC 9457), with the members of §6.2's
/// ModelErrorResponse beside it, so that v1 clients find <c>code</c>, <c>statusCode</c> and <c>message</c>.
/// </summary>
public sealed record ProblemDto
{
    public string? Type { get; init; }

    public string? Title { get; init; }

    public int Status { get; init; }

    public string? Detail { get; init; }

    public string? Code { get; init; }

    public int StatusCode { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<ErrorDetail> Details { get; set; } = [];

    public string? TraceId { get; init; }
}
