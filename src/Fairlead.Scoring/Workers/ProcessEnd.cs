using System.Globalization;

namespace Fairlead.Scoring.Workers;

/// <summary>How a process ended, in words.</summary>
internal static class ProcessEnd
{
    private const int SignalBase = 128;

    public static string Describe(int exitCode) => exitCode switch
    {
        SignalBase + 4 => "signal 4 (SIGILL): native code this processor cannot run",
        SignalBase + 6 => "signal 6 (SIGABRT): native code gave up",
        SignalBase + 9 => "signal 9 (SIGKILL): often the memory limit",
        SignalBase + 11 => "signal 11 (SIGSEGV): a crash in native code",
        SignalBase + 15 => "signal 15 (SIGTERM)",
        > SignalBase and < SignalBase + 65 =>
            string.Create(CultureInfo.InvariantCulture, $"signal {exitCode - SignalBase}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}"),
    };
}
