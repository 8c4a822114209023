using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;

namespace Fairlead.Gateway.Coordination;

/// <summary>The part of a service in what gateways tell each other: who coordinates it, and what the others hold of it
/// while this gateway does. Everything under the lock of its queue.</summary>
internal sealed class CoordinatedService(string name, ServiceQueue queue, string self, IPeerTransport transport)
{
    private readonly Dictionary<string, PeerBook> _books = [];
    private GatewayView _view = GatewayView.None;
    private OutgoingRound? _round;

    public string Name => name;

    public ServiceQueue Queue => queue;

    /// <summary>The id of the gateway that keeps the queue; null while nobody does.</summary>
    public string? Coordinator { get; private set; }

    public bool IsCoordinator => Coordinator == self;

    /// <summary>Requests and leases of others here, by gateway.</summary>
    public IReadOnlyList<(string Peer, int Leases, int Waiting)> Books()
    {
        lock (queue.Lock)
        {
            return [.. _books.Select(pair => (pair.Key, pair.Value.Leases, pair.Value.Waiting))];
        }
    }

    /// <summary>Takes a new view over. What others hold is forgotten: they report it again.</summary>
    public void Adopt(GatewayView view)
    {
        lock (queue.Lock)
        {
            _view = view;
            Coordinator = Rendezvous.Coordinator(name, view.Members);
            TakeRole();

            // After the role, or what this sets free would be granted.
            foreach (var book in _books.Values)
            {
                book.Close();
            }

            _books.Clear();
        }
    }

    /// <summary>Begins as what the view says, without grants: they need <see cref="Lead"/> or <see cref="Open"/>.</summary>
    public void TakeRole()
    {
        lock (queue.Lock)
        {
            _round = null;
            if (Coordinator is null && _view.Number > 0)
            {
                queue.Stop();
            }
            else if (Coordinator is null || IsCoordinator)
            {
                queue.Settle();
            }
            else
            {
                queue.Follow(new Upstream(name, Coordinator, transport));
            }
        }
    }

    public void Lead()
    {
        lock (queue.Lock)
        {
            if (IsCoordinator)
            {
                queue.Lead();
            }
        }
    }

    /// <summary>Reports to the coordinator, and sends it every request from now on.</summary>
    public void Open(OutgoingRound round)
    {
        lock (queue.Lock)
        {
            if (Coordinator == round.Peer)
            {
                TakeRole();
                _round = round;
                queue.Open();
            }
        }
    }

    public void Granted(OutgoingRound round, in PeerMessage message)
    {
        lock (queue.Lock)
        {
            if (_round == round && !queue.Granted(message.Id, message.Replica!))
            {
                transport.Send(round.Peer, new PeerMessage(PeerMessageKind.Release) { Service = name, Id = message.Id });
            }
        }
    }

    public void Refused(OutgoingRound round, in PeerMessage message)
    {
        lock (queue.Lock)
        {
            if (_round == round)
            {
                queue.Refused(message.Id, message.Outcome);
            }
        }
    }

    public void Report(IncomingRound round, IReadOnlyList<HeldLease> leases, IReadOnlyList<WaitingRequest> waiting)
    {
        lock (queue.Lock)
        {
            if (!Counts(round))
            {
                return;
            }

            // The new leases first: what the old book sets free may be the same places.
            var book = new PeerBook(name, round, queue, transport);
            foreach (var lease in leases)
            {
                book.Adopt(lease);
            }

            _books.Remove(round.Peer, out var previous);
            _books.Add(round.Peer, book);
            previous?.Close();
            foreach (var request in waiting)
            {
                book.Request(request);
            }
        }
    }

    /// <summary>A request, the end of one, or the end of a lease of another gateway.</summary>
    public void Handle(IncomingRound round, in PeerMessage message)
    {
        lock (queue.Lock)
        {
            if (!Counts(round))
            {
                return;
            }

            var book = Current(round);
            switch (message.Kind)
            {
                case PeerMessageKind.Request:
                    book.Request(new WaitingRequest(message.Id, message.Waited, message.IsRetry));
                    break;
                case PeerMessageKind.Cancel:
                    book.Cancel(message.Id);
                    break;
                case PeerMessageKind.Release:
                    book.Release(message.Id, message.End);
                    break;
            }
        }
    }

    /// <summary>The round is complete: had the peer anything of this service, it would have said so.</summary>
    public void EndRound(IncomingRound round)
    {
        lock (queue.Lock)
        {
            if (Counts(round))
            {
                Current(round);
            }
        }
    }

    /// <summary>The service is gone here. The leases of others are kept for the case that it comes back.</summary>
    public void Close()
    {
        lock (queue.Lock)
        {
            Coordinator = null;
            foreach (var book in _books.Values)
            {
                book.Round.Unknown[name] = book.Held.ToDictionary(static lease => lease.Id);
                book.Close();
            }

            _books.Clear();
        }
    }

    private bool Counts(IncomingRound round) => IsCoordinator && round.View.IsSameAs(_view);

    // The book of an earlier round is void as soon as the new one says anything else of the service.
    private PeerBook Current(IncomingRound round)
    {
        if (_books.TryGetValue(round.Peer, out var book) && book.Round == round)
        {
            return book;
        }

        var next = new PeerBook(name, round, queue, transport);
        _books[round.Peer] = next;
        book?.Close();
        return next;
    }

    private sealed class Upstream(string service, string peer, IPeerTransport transport) : ILeaseUpstream
    {
        public void Request(WaitingRequest request) => transport.Send(peer, new PeerMessage(PeerMessageKind.Request)
        {
            Service = service,
            Id = request.Id,
            Waited = request.Waited,
            IsRetry = request.IsRetry,
        });

        public void Cancel(long id) =>
            transport.Send(peer, new PeerMessage(PeerMessageKind.Cancel) { Service = service, Id = id });

        public void Release(long id, LeaseEnd end) =>
            transport.Send(peer, new PeerMessage(PeerMessageKind.Release) { Service = service, Id = id, End = end });

        public void Report(IReadOnlyList<HeldLease> leases, IReadOnlyList<WaitingRequest> waiting)
        {
            if (leases.Count + waiting.Count > 0)
            {
                transport.Send(peer, new PeerMessage(PeerMessageKind.Report)
                {
                    Service = service,
                    Leases = leases,
                    Waiting = waiting,
                });
            }
        }
    }
}
