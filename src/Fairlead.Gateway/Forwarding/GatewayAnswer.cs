namespace Fairlead.Gateway.Forwarding;

/// <summary>An answer that the gateway makes itself (§4.5): code, stable reason name and text.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Reason">Value of <c>x-fairlead-gateway</c> and of the metrics' tag.</param>
/// <param name="Text">Plain-text body.</param>
/// <param name="RetryAfterSeconds">Seconds for <c>Retry-After</c>; null for none.</param>
internal sealed record GatewayAnswer(int Status, string Reason, string Text, int? RetryAfterSeconds = null)
{
    public static readonly GatewayAnswer ReplicaClosed =
        new(502, "replica-closed", "Replica closed connection before replying");

    public static readonly GatewayAnswer SlowRequest =
        new(408, "slow-request", "The request body came too slowly.");

    public static readonly GatewayAnswer UnknownPath = new(
        404, "unknown-path",
        "Not found. A service has /api/v1/service/<name>/score, /api/v1/service/<name>/swagger.json and /api/v1/service/<name>/");

    public static readonly GatewayAnswer MethodNotAllowed =
        new(405, "method-not-allowed", "The method is not allowed for the requested URL. Allowed: GET, POST, OPTIONS.");

    public static readonly GatewayAnswer GatewayError =
        new(500, "gateway-error", "The gateway failed. Its log says why.");

    public static GatewayAnswer BadRequest(string detail) => new(400, "bad-request", "Bad request: " + detail);

    public static GatewayAnswer BodyTooLarge(string limit) =>
        new(413, "body-too-large", $"The request body is larger than the limit of {limit}.");

    public static GatewayAnswer UnknownService(string service) =>
        new(404, "unknown-service", $"Service {service} not found");

    public static GatewayAnswer Unauthorized(string service, bool anyKey) => new(
        401, "unauthorized",
        anyKey
            ? $"Unauthorized: the key is not one of service {service}."
            : $"Unauthorized: no Auth header. Send 'Authorization: Bearer <key>' with a key of service {service}.");

    public static GatewayAnswer Overloaded(string service, string reason) =>
        new(503, reason, $"Too many requests for service {service} (overloaded)", RetryAfterSeconds: 1);

    public static GatewayAnswer NoReplicas(string service) =>
        new(503, "no-replicas", $"No ready replicas for service {service}", RetryAfterSeconds: 5);

    public static GatewayAnswer ScoringTimeout(int milliseconds) => new(
        504, "scoring-timeout",
        $"Scoring timeout after {milliseconds} ms. Raise scoring_timeout_ms or make the script faster.");
}
