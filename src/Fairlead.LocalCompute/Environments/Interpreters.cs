using System.Collections.Concurrent;
using Fairlead.Contracts.Errors;
using Fairlead.LocalCompute.Processes;

namespace Fairlead.LocalCompute.Environments;

/// <summary>Finds Python interpreters on this machine.</summary>
internal sealed class Interpreters(ChildProgram children, string defaultPython)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly ConcurrentDictionary<string, string> _versions = new(StringComparer.Ordinal);

    /// <summary>The path of the interpreter for services that bring none.</summary>
    public string FindDefault() => Find(defaultPython, "LocalCompute:DefaultPython");

    /// <summary>
    /// The path of an interpreter the user names. <c>python</c> is the documented default of the field (§1.4), not a
    /// choice, so it means this compute target's own.
    /// </summary>
    public string FindGiven(string interpreterPath) =>
        interpreterPath is "" or "python" ? FindDefault() : Find(interpreterPath, "environment.python.interpreterPath");

    /// <summary>The version, such as <c>3.11.2</c>; empty when the interpreter does not say.</summary>
    public async Task<string> VersionOfAsync(string interpreter, CancellationToken cancellationToken)
    {
        if (_versions.TryGetValue(interpreter, out var known))
        {
            return known;
        }

        var output = "";
        await children.RunAsync(interpreter, ["--version"], "/", line => output += line, cancellationToken);
        var version = output.StartsWith("Python ", StringComparison.Ordinal) ? output["Python ".Length..].Trim() : "";
        return _versions.GetOrAdd(interpreter, version);
    }

    private static string Find(string given, string field)
    {
        var path = given.Contains('/')
            ? Path.GetFullPath(given)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, given)).FirstOrDefault(IsProgram);
        return path is not null && IsProgram(path)
            ? path
            : throw FairleadException.InvalidArgument(
                field, given, "a Python interpreter that exists on this machine and may be executed, by path or by name on PATH");
    }

    private static bool IsProgram(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0;
}
