namespace Fairlead.Scoring.Logging;

/// <summary>A named source of lines; what is filtered out is decided by the logging rules, not here.</summary>
internal sealed class ServerLogger(string name, ServerLogProvider provider) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        provider.Write(logLevel, name, formatter(state, exception), exception);
}
