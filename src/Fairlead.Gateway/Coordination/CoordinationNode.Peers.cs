using Fairlead.Gateway.Membership;

namespace Fairlead.Gateway.Coordination;

/// <summary>Connections, and what comes over them.</summary>
internal sealed partial class CoordinationNode
{
    /// <summary>A connection to the peer is there. What was sent before is lost or has arrived.</summary>
    public void LinkUp(string id)
    {
        lock (_lock)
        {
            var peer = Peer(id);
            peer.IsLinked = true;
            peer.Incoming = null;
            Beat_NeedsLock(peer);
            Sync_NeedsLock(peer);
        }
    }

    /// <summary>The connection is lost.</summary>
    public void LinkDown(string id)
    {
        lock (_lock)
        {
            var peer = Peer(id);
            peer.IsLinked = false;
            peer.UnlinkedAt = _time.GetTimestamp();
            peer.Incoming = null;
            peer.Outgoing = null;
            if (!_isFenced)
            {
                foreach (var service in CoordinatedBy(id))
                {
                    service.TakeRole();
                }
            }
        }
    }

    /// <summary>The peer's machine refused a connection: nobody listens there.</summary>
    public void Refused(string id, long startedAt)
    {
        lock (_lock)
        {
            _membership.Refused(id, startedAt);
            LookAgain_NeedsLock();
        }
    }

    /// <summary>Takes a message in. Those of one connection one at a time, in their order.</summary>
    public void Receive(string from, in PeerMessage message)
    {
        switch (message.Kind)
        {
            case PeerMessageKind.Heartbeat:
                OnHeartbeat(message.Heartbeat!);
                break;
            case PeerMessageKind.Farewell:
                OnFarewell(from);
                break;
            case PeerMessageKind.SeenOff:
                OnSeenOff(from);
                break;
            case PeerMessageKind.SyncBegin:
                OnSyncBegin(from, message);
                break;
            case PeerMessageKind.SyncEnd:
                OnSyncEnd(from, message.Round);
                break;
            case PeerMessageKind.SyncAccepted:
                OnSyncAccepted(from, message.Round);
                break;
            case PeerMessageKind.Grant:
            case PeerMessageKind.Refuse:
                OnAnswer(from, message);
                break;
            case PeerMessageKind.Report:
            case PeerMessageKind.Request:
            case PeerMessageKind.Cancel:
            case PeerMessageKind.Release:
                OnAsked(from, message);
                break;
        }
    }

    private void OnHeartbeat(Heartbeat beat)
    {
        lock (_lock)
        {
            Peer(beat.From.Id).Load = beat.Load;
            if (!_hasEnded && _membership.Receive(beat))
            {
                Adopt_NeedsLock(_membership.View);
            }

            Refresh_NeedsLock();
        }
    }

    private void OnFarewell(string from)
    {
        lock (_lock)
        {
            var peer = Peer(from);
            peer.Incoming = null;
            peer.Outgoing = null;
            _transport.Send(from, new PeerMessage(PeerMessageKind.SeenOff));
            _membership.Ended(from);
            LookAgain_NeedsLock();
        }
    }

    private void OnSeenOff(string from)
    {
        lock (_lock)
        {
            Peer(from).HasSeenOff = true;
        }
    }

    // What was learned may call for a view at once.
    private void LookAgain_NeedsLock()
    {
        if (!_hasEnded && _membership.Tick())
        {
            Adopt_NeedsLock(_membership.View);
        }

        Refresh_NeedsLock();
    }

    private void OnSyncBegin(string from, in PeerMessage message)
    {
        lock (_lock)
        {
            var peer = Peer(from);
            var view = _membership.View;
            peer.Incoming = null;
            if (view.Number == message.ViewNumber && view.Proposer == message.ViewProposer && view.Contains(from))
            {
                peer.Incoming = new IncomingRound(from, view, message.Round);
            }
        }
    }

    private void OnSyncEnd(string from, long number)
    {
        lock (_lock)
        {
            if (Peer(from).Incoming is { } round && round.Number == number)
            {
                foreach (var service in _services.Values)
                {
                    service.EndRound(round);
                }

                round.IsComplete = true;
                _transport.Send(from, new PeerMessage(PeerMessageKind.SyncAccepted) { Round = number });
                Refresh_NeedsLock();
            }
        }
    }

    private void OnSyncAccepted(string from, long round)
    {
        lock (_lock)
        {
            if (Peer(from).Outgoing is { } outgoing && outgoing.Number == round)
            {
                foreach (var service in CoordinatedBy(from))
                {
                    service.Acknowledge(outgoing);
                }

                Refresh_NeedsLock();
            }
        }
    }

    private void OnAnswer(string from, in PeerMessage message)
    {
        if (Peer(from).Outgoing is not { } round || round.Number != message.Round
            || Find(message.Service!) is not { } service)
        {
            return;
        }

        if (message.Kind == PeerMessageKind.Grant)
        {
            service.Granted(round, message);
        }
        else
        {
            service.Refused(round, message);
        }
    }

    private void OnAsked(string from, in PeerMessage message)
    {
        if (Peer(from).Incoming is not { } round || round.Number != message.Round)
        {
            return;
        }

        var service = Find(message.Service!) ?? Keep(message.Service!);
        if (message.Kind == PeerMessageKind.Report)
        {
            service.Report(round, message.Leases!, message.Waiting!);
        }
        else
        {
            service.Handle(round, message);
        }
    }

    private void Sync_NeedsLock(PeerState peer)
    {
        var view = _membership.View;
        if (!peer.IsLinked || _isFenced || _validSince is null || !view.Contains(peer.Id))
        {
            return;
        }

        var round = new OutgoingRound(peer.Id, view, ++_lastRound);
        peer.Outgoing = round;
        peer.IsGivenUp = false;
        _transport.Send(peer.Id, new PeerMessage(PeerMessageKind.SyncBegin)
        {
            ViewNumber = view.Number,
            ViewProposer = view.Proposer,
            Round = round.Number,
        });
        foreach (var service in CoordinatedBy(peer.Id))
        {
            service.Open(round);
        }

        _transport.Send(peer.Id, new PeerMessage(PeerMessageKind.SyncEnd) { Round = round.Number });
    }

    // Requests wait for a connection that was just lost, and for a view without a gateway that has gone, which takes longer
    // than its absence is noticed; but not for a gateway that only others can reach.
    private void GiveUpUnreachable_NeedsLock()
    {
        var now = _time.GetTimestamp();
        foreach (var member in _membership.View.Members)
        {
            var peer = Peer(member.Id);
            if (!_isFenced && member.Id != Id && !peer.IsLinked && !peer.IsGivenUp
                && now - peer.UnlinkedAt > Ticks(_timing.Settle))
            {
                peer.IsGivenUp = true;
                foreach (var service in CoordinatedBy(member.Id))
                {
                    service.Queue.Stop();
                }
            }
        }
    }

    private IEnumerable<CoordinatedService> CoordinatedBy(string peer) =>
        _services.Values.Where(service => service.Coordinator == peer);

    private PeerState Peer(string id) => _peers.GetOrAdd(id, static key => new PeerState(key));
}
