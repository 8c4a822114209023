using System.Diagnostics;
using Fairlead.Client.Tests.Fakes;

namespace Fairlead.Client.Tests.Ignoring;

/// <summary>Real git in a repository of its own, free of the settings of the machine.</summary>
internal sealed class GitOracle : IDisposable
{
    public GitOracle() => Run("", "init", "-q");

    public TemporaryFolder Folder { get; } = new();

    /// <summary>What git would add: every file that no rule ignores.</summary>
    public IReadOnlyList<string> NotIgnored() => Run("", "ls-files", "-z", "-o", "--exclude-standard");

    /// <summary>Which of these paths git ignores; they need not exist.</summary>
    public IReadOnlySet<string> Ignored(IEnumerable<string> paths) =>
        Run(string.Join('\0', paths), "check-ignore", "-z", "--stdin", "--no-index").ToHashSet(StringComparer.Ordinal);

    public void Dispose() => Folder.Dispose();

    private string[] Run(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = Folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["XDG_CONFIG_HOME"] = Folder.Path;
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("core.excludesFile=");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode <= 1
            ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error}");
    }
}
