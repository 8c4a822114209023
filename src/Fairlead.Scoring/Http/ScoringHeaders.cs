namespace Fairlead.Scoring.Http;

/// <summary>The headers of §3.4.</summary>
internal static class ScoringHeaders
{
    public const string RequestId = "x-request-id";
    public const string LegacyRequestId = "x-ms-request-id";
    public const string ClientRequestId = "x-ms-client-request-id";
    public const string RunFunctionFailed = "x-ms-run-function-failed";
    public const string ExecMs = "x-ms-run-fn-exec-ms";
    public const string ServerVersion = "x-ms-server-version";
    public const string TraceId = "TraceId";

    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        RequestId, LegacyRequestId, ClientRequestId, RunFunctionFailed, ExecMs, ServerVersion, TraceId,
        "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>True: a script cannot set it.</summary>
    public static bool IsOurs(string name) => Ours.Contains(name);

    /// <summary>Python's spelling, which clients compare with.</summary>
    public static string Flag(bool value) => value ? "True" : "False";
}
