namespace Fairlead.Gateway.Routing;

/// <summary>The values of <c>x-fairlead-gateway</c>: why the gateway answered itself. Part of the contract with clients.</summary>
internal static class GatewayReasons
{
    public const string Healthy = "healthy";
    public const string HttpsRequired = "https-required";
    public const string UnknownService = "unknown-service";
    public const string UnknownPath = "unknown-path";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string Unauthorized = "unauthorized";
    public const string TokenKeysUnavailable = "token-keys-unavailable";
    public const string TooManyFailures = "too-many-failures";
    public const string BodyTooLarge = "body-too-large";
    public const string BadRequest = "bad-request";
    public const string SlowBody = "slow-body";
    public const string QueueFull = "queue-full";
    public const string QueueBytesFull = "queue-bytes-full";
    public const string GatewayQueueFull = "gateway-queue-full";
    public const string QueueTimeout = "queue-timeout";
    public const string ReplicasStarting = "replicas-starting";
    public const string NoReadyReplica = "no-ready-replica";
    public const string CoordinatorUnavailable = "coordinator-unavailable";
    public const string ReplicaRefused = "replica-refused";
    public const string ReplicaClosed = "replica-closed";
    public const string BadAnswer = "replica-bad-answer";
    public const string Timeout = "timeout";
    public const string InternalError = "internal-error";
}
