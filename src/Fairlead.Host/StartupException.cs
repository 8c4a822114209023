namespace Fairlead.Host;

/// <summary>A reason not to start that the user can mend: its message says how.</summary>
internal sealed class StartupException(int exitCode, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;
}
