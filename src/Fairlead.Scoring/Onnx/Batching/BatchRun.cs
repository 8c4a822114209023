using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Scoring.Onnx.Batching;

/// <summary>One run for some members; it is ended when all of them have left.</summary>
internal sealed class BatchRun : IDisposable
{
    private readonly Lock _lock = new();
    private int _members;
    private bool _isOver;

    /// <summary>The runtime's own lines of errors are left out: they come as exceptions, which are logged.</summary>
    public RunOptions Options { get; } = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    public void Enter()
    {
        lock (_lock)
        {
            _members++;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (--_members == 0 && !_isOver)
            {
                Options.Terminate = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            Options.Dispose();
        }
    }
}

/// <summary>Results that several answers are written from; freed with the last.</summary>
internal sealed class SharedResults(IDisposableReadOnlyCollection<OrtValue> results, int readers)
{
    private int _readers = readers;

    public void Release()
    {
        if (Interlocked.Decrement(ref _readers) == 0)
        {
            results.Dispose();
        }
    }
}
