namespace Fairlead.Scoring.Hosting;

/// <summary>Start-up cannot succeed: the message goes to the log and the process ends with
/// <see cref="ExitCodes.BootFailure"/>.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
