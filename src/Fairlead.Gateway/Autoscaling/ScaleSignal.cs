using System.Threading.Channels;
using Fairlead.Gateway.Routing;

namespace Fairlead.Gateway.Autoscaling;

/// <summary>Tells the autoscaler that a request had to wait, so that it need not come round to see it.</summary>
/// <remarks>Bounded; when full the news is dropped, and the regular round finds the same queue within its period.</remarks>
internal sealed class ScaleSignal
{
    private readonly Channel<ServiceState> _services = Channel.CreateBounded<ServiceState>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public ChannelReader<ServiceState> Reader => _services.Reader;

    public void Raise(ServiceState service) => _services.Writer.TryWrite(service);
}
