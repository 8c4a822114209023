using Fairlead.Gateway.Coordination;

namespace Fairlead.Gateway.Tests.Simulation;

/// <summary>Connections between simulated gateways: in order, with random delays, and lost as TCP loses them: with all that
/// was under way.</summary>
internal sealed class SimNetwork(Random random, Func<TimeSpan> now)
{
    private readonly Dictionary<(string From, string To), Direction> _directions = [];

    public int Delivered { get; private set; }

    public IPeerTransport TransportOf(string id) => new Transport(this, id);

    /// <summary>Opens the way in one direction.</summary>
    public void Open(string from, string to) => _directions[(from, to)] = new Direction();

    /// <summary>What is under way is lost, and what is sent from now on.</summary>
    public void Close(string from, string to) => _directions.Remove((from, to));

    /// <summary>Nothing arrives while it is held, and nobody notices.</summary>
    public void Hold(string from, string to, bool held)
    {
        if (_directions.TryGetValue((from, to), out var direction))
        {
            direction.IsHeld = held;
        }
    }

    public bool IsHeld(string from, string to) =>
        _directions.TryGetValue((from, to), out var direction) && direction.IsHeld;

    /// <summary>Hands over all that has arrived by now.</summary>
    public void Deliver(Action<string, string, PeerMessage> receive)
    {
        foreach (var ((from, to), direction) in _directions.OrderBy(static pair => pair.Key).ToArray())
        {
            while (!direction.IsHeld && direction.Messages.TryPeek(out var next) && next.At <= now()
                && _directions.GetValueOrDefault((from, to)) == direction)
            {
                direction.Messages.Dequeue();
                Delivered++;
                receive(from, to, next.Message);
            }
        }
    }

    private sealed class Direction
    {
        public Queue<(TimeSpan At, PeerMessage Message)> Messages { get; } = new();

        public TimeSpan LastArrival { get; set; }

        public bool IsHeld { get; set; }
    }

    private sealed class Transport(SimNetwork network, string from) : IPeerTransport
    {
        public void Send(string peer, in PeerMessage message)
        {
            if (network._directions.TryGetValue((from, peer), out var direction))
            {
                var arrival = network.Now() + TimeSpan.FromMilliseconds(network.NextDelay());
                arrival = arrival < direction.LastArrival ? direction.LastArrival : arrival;
                direction.LastArrival = arrival;
                direction.Messages.Enqueue((arrival, message));
            }
        }
    }

    private TimeSpan Now() => now();

    // Mostly quick; now and then far behind.
    private int NextDelay() => random.Next(50) == 0 ? random.Next(400) : random.Next(12);
}
