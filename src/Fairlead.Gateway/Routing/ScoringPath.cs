namespace Fairlead.Gateway.Routing;

/// <summary>Takes the paths of §4.1 apart: <c>/api/v1/service/NAME/REST</c>.</summary>
internal static class ScoringPath
{
    private const string Prefix = "/api/v1/service/";

    /// <summary>False when the path is none of a service's. The path on the replica is null when there is no such one.</summary>
    public static bool TryParse(string path, out ReadOnlySpan<char> service, out string? replicaPath)
    {
        service = default;
        replicaPath = null;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || path.Length == Prefix.Length)
        {
            return false;
        }

        var rest = path.AsSpan(Prefix.Length);
        var end = rest.IndexOf('/');
        service = end < 0 ? rest : rest[..end];
        replicaPath = (end < 0 ? "/" : rest[end..]) switch
        {
            "/" => "/",
            "/score" => "/score",
            "/swagger.json" => "/swagger.json",
            _ => null,
        };
        return service.Length > 0;
    }
}
