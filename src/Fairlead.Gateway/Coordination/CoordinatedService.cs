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
    private bool _isAcknowledged;
    private long _useUntil = long.MinValue;
    private bool _continues;

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

    /// <summary>Takes a new view over. What others hold is forgotten, they report it again; but a gateway that has been the
    /// coordinator all the time knows it, and counts it until then.</summary>
    /// <param name="view">The new view.</param>
    /// <param name="isValid">The view before still holds.</param>
    public void Adopt(GatewayView view, bool isValid)
    {
        lock (queue.Lock)
        {
            var leads = isValid && IsCoordinator && queue.Role == QueueRole.Granting;
            _view = view;
            _isAcknowledged = false;
            Coordinator = Rendezvous.Coordinator(name, view.Members);
            TakeRole();
            _continues = leads && IsCoordinator;
            if (_continues)
            {
                foreach (var book in _books.Values)
                {
                    book.ForgetWaiting();
                }
            }
            else
            {
                // After the role, or what this sets free would be granted.
                CloseBooks_NeedsLock(static _ => true);
            }
        }
    }

    /// <summary>Begins as what the view says, without grants: they need <see cref="Lead"/> or <see cref="Open"/>.</summary>
    public void TakeRole()
    {
        lock (queue.Lock)
        {
            _round = null;
            _continues = false;
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
                queue.Follow(new Upstream(this, Coordinator));
            }
        }
    }

    /// <summary>All leases are known: grants, if this gateway is the coordinator. What gateways of earlier views have not
    /// reported again has ended.</summary>
    public void Lead()
    {
        lock (queue.Lock)
        {
            if (IsCoordinator)
            {
                CloseBooks_NeedsLock(book => !book.Round.View.IsSameAs(_view));
                queue.Lead();
            }
        }
    }

    /// <summary>Grants on, if this gateway was the coordinator already: nobody else can have granted since.</summary>
    public void Continue()
    {
        lock (queue.Lock)
        {
            if (!_continues)
            {
                return;
            }

            if (_books.Any(pair => pair.Value.Leases > 0 && _view.Members.All(member => member.Id != pair.Key)))
            {
                queue.LeadShort();
            }
            else
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
            if (_round != round)
            {
                return;
            }

            // Reports come before requests: who grants has this service's report in the books.
            _isAcknowledged = true;
            if (!queue.Granted(message.Id, message.Replica!))
            {
                transport.Send(round.Peer, new PeerMessage(PeerMessageKind.Release)
                {
                    Service = name,
                    Round = round.Number,
                    Id = message.Id,
                });
            }
        }
    }

    /// <summary>The coordinator has all reports of the round in its books: the leases here count in this view.</summary>
    public void Acknowledge(OutgoingRound round)
    {
        lock (queue.Lock)
        {
            _isAcknowledged |= _round == round;
        }
    }

    /// <summary>The leases of requests of this gateway may be used until then, if the coordinator of this view knows of
    /// them.</summary>
    public void Cover(long until)
    {
        lock (queue.Lock)
        {
            if (IsCoordinator || _isAcknowledged)
            {
                _useUntil = Math.Max(_useUntil, until);
            }
        }
    }

    /// <summary>Ends the use of leases that the coordinator of this view did not confirm in time. True when there were
    /// any: what is held must be reported anew.</summary>
    public bool Expire(long now)
    {
        lock (queue.Lock)
        {
            if (now < _useUntil || !queue.HoldsOwn)
            {
                return false;
            }
        }

        queue.EndLeases();
        return true;
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
                    book.Request(message.Request);
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

    private void CloseBooks_NeedsLock(Predicate<PeerBook> closes)
    {
        foreach (var (peer, book) in _books.ToArray())
        {
            if (closes(book))
            {
                _books.Remove(peer);
                book.Close();
            }
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

    // Called with the queue's lock held, and only between Open and the next role: the round is there.
    private sealed class Upstream(CoordinatedService service, string peer) : ILeaseUpstream
    {
        public void Request(WaitingRequest request) => Send(new PeerMessage(PeerMessageKind.Request) { Request = request });

        public void Cancel(long id) => Send(new PeerMessage(PeerMessageKind.Cancel) { Id = id });

        public void Release(long id, LeaseEnd end) =>
            Send(new PeerMessage(PeerMessageKind.Release) { Id = id, End = end });

        public void Report(IReadOnlyList<HeldLease> leases, IReadOnlyList<WaitingRequest> waiting)
        {
            if (leases.Count + waiting.Count > 0)
            {
                Send(new PeerMessage(PeerMessageKind.Report) { Leases = leases, Waiting = waiting });
            }
        }

        private void Send(in PeerMessage message) =>
            service.Send(peer, message with { Service = service.Name, Round = service._round!.Number });
    }

    private void Send(string peer, in PeerMessage message) => transport.Send(peer, message);
}
