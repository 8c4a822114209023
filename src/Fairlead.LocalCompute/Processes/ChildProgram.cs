using System.Diagnostics;

namespace Fairlead.LocalCompute.Processes;

/// <summary>Runs a short-lived program (pip, a version question) to its end and hands out its output by lines.</summary>
internal sealed class ChildProgram(ProcessLauncher launcher, string owner)
{
    /// <summary>Returns the exit code. When cancelled, the program and all it started are killed first.</summary>
    public async Task<int> RunAsync(
        string program, IEnumerable<string> arguments, string folder, Action<string> onLine, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        CleanEnvironment.ApplyForBuild(start, owner);
        using var process = await launcher.StartAsync(start);
        process.StandardInput.Close();
        var gate = new Lock();
        void Locked(string line)
        {
            lock (gate)
            {
                onLine(line);
            }
        }

        try
        {
            await Task.WhenAll(
                LineReader.ReadAsync(process.StandardOutput.BaseStream, Locked, cancellationToken),
                LineReader.ReadAsync(process.StandardError.BaseStream, Locked, cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            LibC.TrySignal(-process.Id, LibC.Sigkill);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }
}
