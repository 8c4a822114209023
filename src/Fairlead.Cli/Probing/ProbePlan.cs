namespace Fairlead.Cli.Probing;

/// <summary>What a probe sends, how often and for how long.</summary>
/// <param name="Address">The scoring URL.</param>
/// <param name="Key">Bearer key or token; null for none.</param>
/// <param name="Body">Of each request.</param>
/// <param name="ContentType">Media type of it.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Duration">Until when new ones are sent; null: until cancelled.</param>
/// <param name="Timeout">After which a request without an answer has failed.</param>
/// <param name="NewConnections">Whether each request has a connection of its own.</param>
/// <param name="ConnectAttempts">How often a connection is tried before its request has failed.</param>
internal sealed record ProbePlan(
    Uri Address, string? Key, byte[] Body, string ContentType, double Rate, TimeSpan? Duration, TimeSpan Timeout, bool NewConnections,
    int ConnectAttempts);
