using System.Net.Sockets;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Membership;
using Fairlead.Gateway.SelfScaling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Peering;

/// <summary>Runs this gateway as one of several: its node, its connections, and the time they live by.</summary>
/// <remarks>When the gateway stops it hands the queues of its services over first; its connections end last, after the
/// requests that it still holds.</remarks>
internal sealed partial class PeerService : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan LookUpPeriod = TimeSpan.FromSeconds(2);

    private readonly PeerOptions _options;
    private readonly MembershipTiming _timing;
    private readonly IPeerSource _source;
    private readonly PeerNetwork _network;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerService> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private bool _isDisposed;

    public PeerService(
        IOptions<GatewayOptions> options, LoadMeter load, TimeProvider time, ILogger<PeerService> logger, IPeerSource? source = null)
    {
        _options = options.Value.Peers;
        _timing = new MembershipTiming { Heartbeat = _options.Heartbeat };
        _source = source ?? (string.IsNullOrEmpty(_options.DnsName) ? new ListedPeers(_options) : new DnsPeers(_options));
        _network = new PeerNetwork(_options, time, logger);
        _time = time;
        _logger = logger;
        Node = new CoordinationNode(
            _options.Address!, time.GetUtcNow().ToUnixTimeMilliseconds(), _timing, time, _network)
        {
            OwnLoad = load.Read,
        };
    }

    public CoordinationNode Node { get; }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _network.Start(Node);
        await LookUpAsync(cancellationToken);
        _loops.Add(TickAsync(_stop.Token));
        _loops.Add(LookUpAllAsync(_stop.Token));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Node.Leave();
        if (!await WaitAsync(() => Node.HasHandedOver, _timing.Settle))
        {
            LogNotHandedOver();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => EndAsync();

    public async ValueTask DisposeAsync()
    {
        // The container knows it by two names.
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await EndAsync();
        await _network.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Ends all connections for ever, though the gateway runs on: as a network that fails would. For tests.</summary>
    internal async Task CutOffAsync() => await _network.DisposeAsync();

    private async Task<bool> WaitAsync(Func<bool> isTrue, TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost, _time);
        using var timer = new PeriodicTimer(_timing.Heartbeat / 5, _time);
        try
        {
            while (!isTrue())
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task EndAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            Node.End();
            await WaitAsync(() => Node.IsSeenOff, _timing.Heartbeat * 2);
            await _stop.CancelAsync();
            await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Looks more often whether leases must end than it speaks: that must not come late.
    private async Task TickAsync(CancellationToken cancellationToken)
    {
        const int ChecksPerHeartbeat = 5;
        using var timer = new PeriodicTimer(_timing.Heartbeat / ChecksPerHeartbeat, _time);
        for (var i = 0; await timer.WaitForNextTickAsync(cancellationToken); i++)
        {
            if (i % ChecksPerHeartbeat == 0)
            {
                Node.Tick();
                _network.EndSilent(_timing.Suspect);
            }
            else
            {
                Node.Check();
            }
        }
    }

    private async Task LookUpAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _source.WaitAsync(LookUpPeriod, _time, cancellationToken);
            await LookUpAsync(cancellationToken);
        }
    }

    private async Task LookUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            var peers = await _source.FindAsync(cancellationToken);
            Node.SetRoster(peers, _options.Count);
            _network.Keep(peers);
        }
        catch (SocketException exception)
        {
            // Of the name it is known only how many gateways there may be: none decides alone.
            if (_loops.Count == 0)
            {
                Node.SetRoster([], _options.Count);
            }

            LogNotFound(_options.DnsName ?? "", exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Gateways of the name {Name} were not found: {Problem}")]
    private partial void LogNotFound(string name, string problem);

    [LoggerMessage(LogLevel.Warning, "No other gateway has taken over the queues of this one in time")]
    private partial void LogNotHandedOver();
}
