namespace Fairlead.Gateway.Telemetry;

/// <summary>Values of <c>http.route</c>: few, whatever clients ask for.</summary>
internal static class HttpRoutes
{
    public static string Of(string replicaPath) => replicaPath switch
    {
        "/score" => "/api/v1/service/{service}/score",
        "/swagger.json" => "/api/v1/service/{service}/swagger.json",
        "/" => "/api/v1/service/{service}/",
        _ => "/api/v1/service/{service}/v2",
    };
}
