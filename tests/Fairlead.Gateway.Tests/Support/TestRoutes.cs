using System.Security.Cryptography;
using System.Text;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>Routes of a service named <c>iris</c>.</summary>
internal static class TestRoutes
{
    public const string Service = "iris";
    public const string PrimaryKey = "primary-key-primary-key-primary1";
    public const string SecondaryKey = "secondary-key-secondary-key-sec2";

    public static ServiceSecret Secret { get; } = new([Hash(PrimaryKey), Hash(SecondaryKey)]);

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static ScoringServiceSpec Open => new() { AuthEnabled = false, NumReplicas = 1, MaxQueueWaitMs = 5000 };

    public static ServiceRoute Route(ScoringServiceSpec spec, params ReplicaEndpoint[] replicas) => new()
    {
        Service = Service,
        Spec = spec,
        Secret = Secret,
        DesiredReplicas = replicas.Length,
        Replicas = replicas,
    };

    public static ReplicaEndpoint Endpoint(string id, int limit = 1, bool draining = false) =>
        new(id, new Uri($"http://{id}.test:1"), limit, draining);
}
