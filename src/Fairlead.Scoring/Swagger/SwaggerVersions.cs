namespace Fairlead.Scoring.Swagger;

/// <summary>A version of <c>/swagger.json</c>.</summary>
internal enum SwaggerVersion
{
    /// <summary>Swagger 2.0.</summary>
    V2,

    /// <summary>OpenAPI 3.0.</summary>
    V3,

    /// <summary>OpenAPI 3.1.</summary>
    V31,
}

/// <summary>How the versions are written (§3.2, §3.7).</summary>
internal static class SwaggerVersions
{
    public static IReadOnlyList<SwaggerVersion> All { get; } = [SwaggerVersion.V2, SwaggerVersion.V3, SwaggerVersion.V31];

    /// <summary>Null: no version is written so.</summary>
    public static SwaggerVersion? Parse(string text) => text switch
    {
        "2" or "2.0" => SwaggerVersion.V2,
        "3" or "3.0" => SwaggerVersion.V3,
        "3.1" => SwaggerVersion.V31,
        _ => null,
    };

    public static string LongName(SwaggerVersion version) => version switch
    {
        SwaggerVersion.V2 => "2.0",
        SwaggerVersion.V3 => "3.0",
        SwaggerVersion.V31 => "3.1",
    };

    /// <summary>For example <c>[2, 3, 3.1]</c>.</summary>
    public static string List(IEnumerable<SwaggerVersion> versions) =>
        $"[{string.Join(", ", versions.Select(version => LongName(version).Replace(".0", "", StringComparison.Ordinal)))}]";

    /// <summary>The line of the log (§3.7).</summary>
    public static string Describe(IReadOnlyList<SwaggerVersion> prepared)
    {
        var skipped = All.Except(prepared).ToList();
        return (prepared.Count, skipped.Count) switch
        {
            (0, _) => "No swagger is prepared.",
            (_, 0) => $"Swaggers are prepared for the following versions: {List(prepared)}.",
            _ => $"Swaggers are prepared for versions {List(prepared)} and skipped for versions {List(skipped)}.",
        };
    }
}
