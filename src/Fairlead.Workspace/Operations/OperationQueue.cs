using System.Threading.Channels;

namespace Fairlead.Workspace.Operations;

/// <summary>Tells the runner that there is something to do. What there is stands in the database.</summary>
internal sealed class OperationQueue
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _wake.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _wake.Reader.ReadAsync(cancellationToken);
}
