using System.Globalization;
using Fairlead.Gateway.Leasing;

namespace Fairlead.Gateway.Routing;

/// <summary>All answers of the gateway's own, with the texts of §4.5 where there are any.</summary>
internal static class GatewayAnswers
{
    public static readonly GatewayAnswer Root = new(200, GatewayReasons.Healthy, "Fairlead gateway\n");

    public static readonly GatewayAnswer Health = new(200, GatewayReasons.Healthy, "Healthy");

    public static readonly GatewayAnswer UnknownPath = new(404, GatewayReasons.UnknownPath,
        "Not found. Services answer at /api/v1/service/<name>/score, /swagger.json and /.");

    public static readonly GatewayAnswer MethodNotAllowed = new(405, GatewayReasons.MethodNotAllowed,
        "The method is not allowed for the requested URL. Allowed are GET, POST and OPTIONS.");

    public static readonly GatewayAnswer BadBody = new(400, GatewayReasons.BadRequest,
        "The request body could not be read: it is malformed or ended early.");

    public static readonly GatewayAnswer BadFraming = new(400, GatewayReasons.BadRequest,
        "Transfer-Encoding must be 'chunked' and come without Content-Length.");

    public static GatewayAnswer UseHttps(string url) => new(308, GatewayReasons.HttpsRequired, $"This gateway is used over HTTPS: {url}")
    {
        Location = url,
    };

    public static readonly GatewayAnswer SlowBody = new(408, GatewayReasons.SlowBody,
        "The request body came too slowly.");

    public static readonly GatewayAnswer ReplicaClosed = new(502, GatewayReasons.ReplicaClosed,
        "Replica closed connection before replying");

    public static readonly GatewayAnswer BadAnswer = new(502, GatewayReasons.BadAnswer,
        "The replica's answer is not valid HTTP. The gateway's log says why.");

    public static readonly GatewayAnswer InternalError = new(500, GatewayReasons.InternalError,
        "The gateway failed. Its log has the cause, under the x-request-id of this answer.");

    public static GatewayAnswer UnknownService(string name) => new(404, GatewayReasons.UnknownService,
        $"There is no service {name} here.");

    public static GatewayAnswer CredentialMissing(string service, bool wantsToken) => new(401, GatewayReasons.Unauthorized,
        $"Unauthorized: service {service} needs the header 'Authorization: Bearer <{(wantsToken ? "token" : "key")}>'.")
    {
        Challenge = $"Bearer realm=\"{service}\"",
    };

    public static GatewayAnswer KeyWrong(string service) =>
        Refused(service, $"the key is not one of the two keys of service {service}");

    public static GatewayAnswer TokenInvalid(string service) =>
        Refused(service, $"the token is not one for service {service} of an issuer that it trusts");

    public static GatewayAnswer TokenExpired(string service) => Refused(service, "the token has expired; get a new one");

    public static GatewayAnswer TokenNotYetValid(string service) => Refused(
        service, "the token is not valid yet, or was issued before the service was made; get a new one");

    public static GatewayAnswer TokenKeysUnavailable(string service) => new(503, GatewayReasons.TokenKeysUnavailable,
        $"The keys of the token's issuer cannot be fetched, so service {service} cannot check it. The gateway's log says why.");

    public static GatewayAnswer TooManyFailures(TimeSpan wait) => new(429, GatewayReasons.TooManyFailures,
        "Too many different wrong keys or tokens came from this address. Try again later.")
    {
        RetryAfterSeconds = (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, int.MaxValue),
    };

    public static GatewayAnswer BodyTooLarge(long limit) => new(413, GatewayReasons.BodyTooLarge,
        string.Create(CultureInfo.InvariantCulture,
            $"The request body is larger than the limit of {limit} bytes ({limit / (1024.0 * 1024.0):0.##} MB)."));

    public static GatewayAnswer ReplicaRefused(string service) => Overloaded(
        service, GatewayReasons.ReplicaRefused, "a replica refused it, and its body is too large to be sent again");

    public static GatewayAnswer Timeout(string service, int milliseconds) => new(504, GatewayReasons.Timeout,
        string.Create(CultureInfo.InvariantCulture, $"Scoring of service {service} timed out after {milliseconds} ms"));

    /// <summary>The answer to a request that got no lease.</summary>
    public static GatewayAnswer NoLease(string service, LeaseOutcome outcome) => outcome switch
    {
        LeaseOutcome.QueueFull => Overloaded(
            service, GatewayReasons.QueueFull, "as many requests wait as may (maxQueueLength)"),
        LeaseOutcome.QueueBytesFull => Overloaded(
            service, GatewayReasons.QueueBytesFull, "the requests that wait for it hold as many bytes as they may"),
        LeaseOutcome.GatewayQueueFull => Overloaded(
            service, GatewayReasons.GatewayQueueFull, "the requests that wait for all services hold as many bytes as they may"),
        LeaseOutcome.QueueTimeout => Overloaded(
            service, GatewayReasons.QueueTimeout, "all replicas were busy for as long as a request may wait (maxQueueWaitMs)"),
        LeaseOutcome.ReplicasStarting => new(503, GatewayReasons.ReplicasStarting,
            $"No ready replicas for service {service} (starting)"),
        LeaseOutcome.NoReadyReplica => new(503, GatewayReasons.NoReadyReplica,
            $"No ready replicas for service {service}"),
        LeaseOutcome.CoordinatorUnavailable => new(503, GatewayReasons.CoordinatorUnavailable,
            $"Service {service} cannot be routed now: this gateway has no contact with the one that keeps its queue"),
        LeaseOutcome.ServiceRemoved => UnknownService(service),
        LeaseOutcome.Cancelled or LeaseOutcome.Granted => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    // RFC 6750, section 3.
    private static GatewayAnswer Refused(string service, string why) => new(401, GatewayReasons.Unauthorized, $"Unauthorized: {why}.")
    {
        Challenge = $"Bearer realm=\"{service}\", error=\"invalid_token\", error_description=\"{why}\"",
    };

    // The first line is v1's, word for word; the second tells the causes apart.
    private static GatewayAnswer Overloaded(string service, string reason, string why) => new(503, reason,
        $"Too many requests for service {service} (overloaded)\n{reason}: {why}");
}
