using System.Threading.Channels;
using Fairlead.Contracts.Routing;

namespace Fairlead.Gateway.Tests.Support;

/// <summary>A scaler that records its calls, and fails on demand.</summary>
internal sealed class FakeScaler : IReplicaScaler
{
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();

    public Exception? Failure { get; set; }

    /// <summary>What to do with a call, beside recording it.</summary>
    public Action<string>? OnCall { get; set; }

    public ChannelReader<string> Calls => _calls.Reader;

    public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken) =>
        Record($"up {service} {replicas}");

    public Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken) =>
        Record($"remove {service} {replica}");

    private Task Record(string call)
    {
        _calls.Writer.TryWrite(call);
        if (Failure is not null)
        {
            return Task.FromException(Failure);
        }

        OnCall?.Invoke(call);
        return Task.CompletedTask;
    }
}
