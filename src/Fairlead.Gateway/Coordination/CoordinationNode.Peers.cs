using Fairlead.Gateway.Leasing;
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
            peer.Accepted = null;
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
            if (_membership.Tick())
            {
                Adopt_NeedsLock(_membership.View);
            }

            Refresh_NeedsLock();
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
            case PeerMessageKind.SyncBegin:
                OnSyncBegin(from, message);
                break;
            case PeerMessageKind.SyncEnd:
                OnSyncEnd(from);
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
            if (_membership.Receive(beat))
            {
                Adopt_NeedsLock(_membership.View);
            }

            Refresh_NeedsLock();
        }
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
                peer.Incoming = new IncomingRound(from, view);
                _transport.Send(from, new PeerMessage(PeerMessageKind.SyncAccepted) { Round = message.Round });
            }
        }
    }

    private void OnSyncEnd(string from)
    {
        lock (_lock)
        {
            if (Peer(from).Incoming is { } round)
            {
                foreach (var service in _services.Values)
                {
                    service.EndRound(round);
                }

                round.IsComplete = true;
                Refresh_NeedsLock();
            }
        }
    }

    private void OnSyncAccepted(string from, long round)
    {
        lock (_lock)
        {
            var peer = Peer(from);
            if (peer.Outgoing is { } outgoing && outgoing.Number == round)
            {
                peer.Accepted = outgoing;
            }
        }
    }

    private void OnAnswer(string from, in PeerMessage message)
    {
        if (Peer(from).Accepted is not { } round)
        {
            return;
        }

        if (Find(message.Service!) is not { } service)
        {
            if (message.Kind == PeerMessageKind.Grant)
            {
                _transport.Send(from, new PeerMessage(PeerMessageKind.Release) { Service = message.Service, Id = message.Id });
            }
        }
        else if (message.Kind == PeerMessageKind.Grant)
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
        if (Peer(from).Incoming is not { } round)
        {
            return;
        }

        if (Find(message.Service!) is not { } service)
        {
            OnUnknown(round, message);
        }
        else if (message.Kind == PeerMessageKind.Report)
        {
            service.Report(round, message.Leases!, message.Waiting!);
        }
        else
        {
            service.Handle(round, message);
        }
    }

    // The directory has not told this gateway of the service yet. Leases on it are kept for that moment.
    private void OnUnknown(IncomingRound round, in PeerMessage message)
    {
        lock (_lock)
        {
            if (Find(message.Service!) is { } service)
            {
                if (message.Kind == PeerMessageKind.Report)
                {
                    service.Report(round, message.Leases!, message.Waiting!);
                }
                else
                {
                    service.Handle(round, message);
                }

                return;
            }

            switch (message.Kind)
            {
                case PeerMessageKind.Report:
                    round.Unknown[message.Service!] = message.Leases!.ToDictionary(static lease => lease.Id);
                    foreach (var waiting in message.Waiting!)
                    {
                        Refuse(waiting.Id, message.Service!);
                    }

                    break;
                case PeerMessageKind.Request:
                    Refuse(message.Id, message.Service!);
                    break;
                case PeerMessageKind.Release:
                    if (round.Unknown.TryGetValue(message.Service!, out var leases))
                    {
                        leases.Remove(message.Id);
                    }

                    break;
            }
        }

        void Refuse(long id, string service) => _transport.Send(round.Peer, new PeerMessage(PeerMessageKind.Refuse)
        {
            Service = service,
            Id = id,
            Outcome = LeaseOutcome.CoordinatorUnavailable,
        });
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
        peer.Accepted = null;
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

        _transport.Send(peer.Id, new PeerMessage(PeerMessageKind.SyncEnd));
    }

    // Requests wait for a connection that was just lost, but not for one that stays away.
    private void GiveUpUnreachable_NeedsLock()
    {
        var now = _time.GetTimestamp();
        foreach (var member in _membership.View.Members)
        {
            var peer = Peer(member.Id);
            if (!_isFenced && member.Id != Id && !peer.IsLinked && !peer.IsGivenUp
                && now - peer.UnlinkedAt > Ticks(_timing.Suspect))
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
