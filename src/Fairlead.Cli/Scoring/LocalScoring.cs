using System.Diagnostics;
using System.Globalization;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts;

namespace Fairlead.Cli.Scoring;

/// <summary>Runs the scoring host in this terminal, and starts it anew when a file has changed.</summary>
internal sealed class LocalScoring(
    CliHost host, Terminal terminal, string program, IReadOnlyDictionary<string, string> variables)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Serves until it is cancelled; without <paramref name="changes"/> also until the host ends by itself.</summary>
    /// <returns>The exit code: 0 when it was cancelled, else the host's.</returns>
    public async Task<int> ServeAsync(FileChanges? changes, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var process = Start();
            var exited = process.WaitForExitAsync(CancellationToken.None);
            var changed = changes?.NextAsync(cancellationToken) ?? Task.Delay(Timeout.InfiniteTimeSpan, host.Time, cancellationToken);
            if (await Task.WhenAny(exited, changed) == exited && !cancellationToken.IsCancellationRequested)
            {
                if (changes is null)
                {
                    return process.ExitCode;
                }

                terminal.Say(string.Create(
                    CultureInfo.InvariantCulture, $"it ended with exit code {process.ExitCode}; save a file to try again, Ctrl-C to leave"));
            }

            await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await StopAsync(process, exited);
            if (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Ok;
            }

            terminal.Say($"{string.Join(", ", changes!.TakeNames())} changed; starting again");
        }
    }

    private Process Start()
    {
        var info = new ProcessStartInfo(program) { RedirectStandardInput = true };
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        // Its end is tied to ours, however we end.
        info.Environment[ScoringHostVariables.EndWithParent] = "1";
        return Process.Start(info) ?? throw new IOException($"'{program}' could not be started");
    }

    private async Task StopAsync(Process process, Task exited)
    {
        if (!exited.IsCompleted)
        {
            ServerProcess.Stop(process.Id);
            if (await Task.WhenAny(exited, Task.Delay(Patience, host.Time, CancellationToken.None)) != exited)
            {
                process.Kill();
            }
        }

        await exited;
    }
}
