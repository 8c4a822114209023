using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Transport;

/// <summary>The loops of a gateway; none where the runtime's sockets are used.</summary>
internal sealed class IoLoops : IDisposable
{
    private readonly Lazy<IoLoop[]> _loops;
    private uint _next;

    public IoLoops(IOptions<GatewayOptions> options)
    {
        Count = OperatingSystem.IsLinux() ? options.Value.IoThreads ?? Environment.ProcessorCount : 0;
        _loops = new(() => [.. Enumerable.Range(0, Count).Select(static index => new IoLoop(index))]);
    }

    public int Count { get; }

    /// <summary>The loops in turn; only when there are any.</summary>
    public IoLoop Next() => _loops.Value[Interlocked.Increment(ref _next) % (uint)Count];

    public void Dispose()
    {
        if (_loops.IsValueCreated)
        {
            foreach (var loop in _loops.Value)
            {
                loop.Dispose();
            }
        }
    }
}
