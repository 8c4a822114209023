using System.Collections.Concurrent;

namespace Fairlead.Scoring.Logging;

/// <summary>Writes log lines to standard output in the format of §3.7, one write a line, so that those of the workers,
/// which share the stream, never mix with them.</summary>
internal sealed class ServerLogProvider(TimeProvider time) : ILoggerProvider
{
    /// <summary>The logger name of the server itself.</summary>
    public const string Server = "azmlinfsrv";

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, ServerLogger> _loggers = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, self) => new ServerLogger(name, self), this);

    public void Dispose() => _output.Dispose();

    public void Write(LogLevel level, string name, string message, Exception? exception)
    {
        var line = ServerLogLine.Format(time.GetUtcNow(), level, name, message, exception);
        lock (_lock)
        {
            _output.Write(line);
        }
    }
}
