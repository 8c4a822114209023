using System.Collections;
using System.Diagnostics;

namespace Fairlead.LocalCompute.Processes;

/// <summary>
/// The part of the server's environment that children get. Everything else stays behind, since it may hold secrets of
/// the server (connection strings, tokens).
/// </summary>
internal static class CleanEnvironment
{
    /// <summary>Marks every process of ours with the folder it belongs to; a start after a crash looks for it.</summary>
    public const string OwnerVariable = "FAIRLEAD_OWNER";

    private static readonly string[] Kept =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH",
        "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
    ];

    // What reaching a package index may need. Only builds get these; they may hold a password in an URL.
    private static readonly string[] KeptForBuilds =
        ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"];

    public static void ApplyForReplica(ProcessStartInfo start, string owner)
    {
        start.Environment.Clear();
        Copy(start, Kept);
        start.Environment[OwnerVariable] = owner;
    }

    public static void ApplyForBuild(ProcessStartInfo start, string owner)
    {
        ApplyForReplica(start, owner);
        Copy(start, KeptForBuilds);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith("PIP_", StringComparison.Ordinal))
            {
                start.Environment[name] = (string?)variable.Value;
            }
        }
    }

    private static void Copy(ProcessStartInfo start, string[] names)
    {
        foreach (var name in names)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }
    }
}
