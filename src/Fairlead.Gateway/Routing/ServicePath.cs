using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Routing;

/// <summary>What a path below <c>/api/v1/service/</c> means (§4.1).</summary>
internal readonly ref struct ServicePath
{
    private const string Prefix = "/api/v1/service/";

    private static readonly PathString Root = new("/");
    private static readonly PathString Score = new("/score");
    private static readonly PathString Swagger = new("/swagger.json");

    private ServicePath(ReadOnlySpan<char> service, PathString replicaPath, bool runsModel)
    {
        Service = service;
        ReplicaPath = replicaPath;
        RunsModel = runsModel;
    }

    public ReadOnlySpan<char> Service { get; }

    /// <summary>The path on a replica; without a value when the service has no such path.</summary>
    public PathString ReplicaPath { get; }

    /// <summary>Whether the request goes to user code, and so takes one of the places of a replica.</summary>
    public bool RunsModel { get; }

    /// <summary>False when the path is not that of a service.</summary>
    public static bool TryParse(string? path, out ServicePath result)
    {
        result = default;
        var rest = path.AsSpan();
        if (!rest.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        rest = rest[Prefix.Length..];
        var end = rest.IndexOf('/');
        var service = end < 0 ? rest : rest[..end];
        var below = end < 0 ? "/" : rest[end..];
        result = below switch
        {
            "/" => new ServicePath(service, Root, false),
            "/score" => new ServicePath(service, Score, true),
            "/swagger.json" => new ServicePath(service, Swagger, false),
            // The Open Inference Protocol; only its /infer runs the model.
            _ when below is "/v2" || below.StartsWith("/v2/", StringComparison.Ordinal) => new ServicePath(
                service, new PathString(below.ToString()), below.EndsWith("/infer", StringComparison.Ordinal)),
            _ => new ServicePath(service, default, false),
        };
        return service.Length > 0;
    }
}
