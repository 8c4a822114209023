namespace Fairlead.Client.Services;

/// <summary>What a service answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="MediaType">Of the body; null when not given.</param>
/// <param name="Body">The body as text.</param>
/// <param name="RequestId"><c>x-ms-request-id</c>; null when not given.</param>
/// <param name="AnsweredByGateway">Why the gateway answered itself; null when the service did.</param>
public sealed record ScoringAnswer(int Status, string? MediaType, string Body, string? RequestId, string? AnsweredByGateway);
