using System.Diagnostics;

namespace Fairlead.EndToEnd.Tests.Running;

/// <summary>Runs a program to its end, with a limit.</summary>
internal static class ProgramRun
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task<ProgramResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"$ {program} {string.Join(' ', start.ArgumentList)}\nhas not ended after {Limit}.\n"
                + $"{await output}\n{await error}");
        }

        return new ProgramResult(
            $"{Path.GetFileName(program)} {string.Join(' ', start.ArgumentList)}",
            process.ExitCode,
            await output,
            await error);
    }
}
