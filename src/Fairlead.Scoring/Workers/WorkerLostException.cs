namespace Fairlead.Scoring.Workers;

/// <summary>The worker ended, or broke the protocol, before it had answered.</summary>
internal sealed class WorkerLostException(string message, Exception? inner = null) : Exception(message, inner);
