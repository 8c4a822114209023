using System.Net;

namespace Fairlead.Kubernetes.Cluster;

/// <summary>A refusal of the API server, in its own words.</summary>
/// <param name="statusCode">Its HTTP status.</param>
/// <param name="reason">Its stable name, for example <c>AlreadyExists</c>; empty when it gave none.</param>
public sealed class ClusterException(HttpStatusCode statusCode, string reason, string message) : Exception(message)
{
    public HttpStatusCode StatusCode { get; } = statusCode;

    public string Reason { get; } = reason;
}
