using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.LocalCompute.Processes;

namespace Fairlead.LocalCompute.Environments;

/// <summary>Virtual environments by hash, each built once, however many services ask at a time.</summary>
/// <remarks>
/// Built in their final place and marked as whole by a file at the end: the scripts in a virtual environment hold its
/// path, so one that is moved is broken. A folder without the mark is of a build that did not end, and is removed.
/// </remarks>
internal sealed class VirtualEnvironments(
    string folder, ChildProgram children, LocalComputeOptions options, TimeProvider time, CancellationToken stopping)
{
    private const int ErrorLines = 30;

    private readonly ConcurrentDictionary<string, Task<string>> _builds = new(StringComparer.Ordinal);

    /// <summary>The interpreter of the environment; builds it when it is not there.</summary>
    /// <param name="sources">The folder that relative paths in pip lines start at.</param>
    /// <exception cref="FairleadException"><c>EnvironmentBuildFailed</c> with the end of pip's output.</exception>
    public async Task<string> GetAsync(
        string hash, string python, IReadOnlyList<string> pip, string sources, Action<string> log, CancellationToken cancellationToken)
    {
        var mine = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var build = _builds.GetOrAdd(hash, mine.Task);
        if (build == mine.Task)
        {
            // The build belongs to all who wait for it: it goes on when the first of them no longer does.
            _ = CompleteAsync(mine, hash, () => BuildAsync(hash, python, pip, sources, log));
        }
        else if (!build.IsCompleted)
        {
            log($"Environment {hash} is being built for another service; its log: {LogOf(hash)}");
        }

        return await build.WaitAsync(cancellationToken);
    }

    private async Task CompleteAsync(TaskCompletionSource<string> result, string hash, Func<Task<string>> build)
    {
        try
        {
            result.SetResult(await build());
        }
        catch (Exception exception)
        {
            // The next who asks tries again.
            _builds.TryRemove(KeyValuePair.Create(hash, result.Task));
            result.SetException(exception);
        }
    }

    private string LogOf(string hash) => Path.Combine(folder, hash, "build.log");

    private async Task<string> BuildAsync(string hash, string python, IReadOnlyList<string> pip, string sources, Action<string> log)
    {
        var place = Path.Combine(folder, hash);
        var interpreter = Path.Combine(place, "venv", "bin", "python");
        var mark = Path.Combine(place, "complete");
        if (File.Exists(mark) && File.Exists(interpreter))
        {
            log($"Environment {hash} is there already");
            return interpreter;
        }

        Materialising.AppFolderBuilder.DeleteFolder(place);
        Directory.CreateDirectory(place);
        log($"Building environment {hash}");
        using var limit = new CancellationTokenSource(options.EnvironmentBuildTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        await using var buildLog = new StreamWriter(LogOf(hash)) { AutoFlush = true };
        var last = new Queue<string>();
        void Write(string line)
        {
            buildLog.WriteLine(line);
            log(line);
            last.Enqueue(line);
            if (last.Count > ErrorLines)
            {
                last.Dequeue();
            }
        }

        try
        {
            var requirements = Path.Combine(place, "requirements.txt");
            await File.WriteAllLinesAsync(requirements, pip.Select(line => Absolute(line, sources)), either.Token);
            string[] venv = ["-m", "venv", Path.Combine(place, "venv")];
            await StepAsync(python, options.SystemSitePackages ? [.. venv, "--system-site-packages"] : venv, "python -m venv");
            await StepAsync(interpreter,
                ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r", requirements], "pip install");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw Failed(string.Create(CultureInfo.InvariantCulture, $"did not end within {options.EnvironmentBuildTimeout}"));
        }

        await File.WriteAllTextAsync(mark, "", either.Token);
        log($"Environment {hash} is ready");
        return interpreter;

        async Task StepAsync(string program, IEnumerable<string> arguments, string name)
        {
            var exit = await children.RunAsync(program, arguments, sources, Write, either.Token);
            if (exit != 0)
            {
                throw Failed(string.Create(CultureInfo.InvariantCulture, $"failed: {name} ended with {exit}"));
            }
        }

        FairleadException Failed(string what) => new(new ErrorDocument(
            ErrorCodes.EnvironmentBuildFailed, 400,
            $"The build of the environment {what}. Correct the pip section of the environment and deploy again.",
            [new ErrorDetail(ErrorCodes.EnvironmentBuildFailed, string.Join('\n', last), "environment.python.condaDependencies")]));
    }

    // pip takes paths in a requirements file from that file's folder; the user means the source directory.
    private static string Absolute(string line, string sources)
    {
        foreach (var option in (string[])["-r ", "--requirement ", "-c ", "--constraint ", "-f ", "--find-links "])
        {
            if (line.StartsWith(option, StringComparison.Ordinal) && !line.Contains("://", StringComparison.Ordinal))
            {
                return option + Path.GetFullPath(line[option.Length..].Trim(), sources);
            }
        }

        return line;
    }
}
