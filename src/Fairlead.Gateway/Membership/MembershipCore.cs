namespace Fairlead.Gateway.Membership;

/// <summary>Decides which gateways there are and until when this one may act as one of them (docs/adr/0007). No I/O.</summary>
/// <remarks>Not thread-safe: owned by a node, which calls with its lock held.</remarks>
internal sealed class MembershipCore(Member self, MembershipTiming timing, TimeProvider time)
{
    private readonly SortedDictionary<string, PeerRecord> _peers = new(StringComparer.Ordinal);
    private HashSet<string> _roster = [self.Id];
    private int _count = 1;
    private long _highestNumber;
    private Member[]? _wanted;
    private bool _isAlone;

    /// <summary>This gateway.</summary>
    public Member Self { get; private set; } = self;

    public GatewayView View { get; private set; } = GatewayView.None;

    /// <summary>The view before <see cref="View"/>.</summary>
    public GatewayView Previous { get; private set; } = GatewayView.None;

    /// <summary>All gateways there should be.</summary>
    public IReadOnlyCollection<string> Roster => _roster;

    /// <summary>How many gateways there are to be.</summary>
    public int Count => _count;

    public bool IsMember => View.Contains(Self.Id, Self.Incarnation);

    /// <param name="ids">All gateways that are known of.</param>
    /// <param name="count">How many there may be at most, known of or not; a majority is one of these.</param>
    public void SetRoster(IEnumerable<string> ids, int count)
    {
        _roster = [.. ids, Self.Id];
        _count = Math.Max(count, _roster.Count);
        _isAlone &= _count == 2;
    }

    /// <summary>Asks the others to give this gateway's services to someone else.</summary>
    public void Leave() => Self = Self with { IsLeaving = true };

    public bool Hears(string peer) => _peers.TryGetValue(peer, out var record) && IsHeard(record, time.GetTimestamp());

    /// <summary>The run of the peer that was last heard is over for certain.</summary>
    public bool IsDead(string peer) => _peers.TryGetValue(peer, out var record) && IsDead(record);

    public PeerRecord? Find(string peer) => _peers.GetValueOrDefault(peer);

    /// <summary>Takes a heartbeat in. True when it brought a later view.</summary>
    public bool Receive(Heartbeat beat)
    {
        var record = Record(beat.From.Id);
        if (beat.From.Incarnation < record.Member.Incarnation
            || record.HasEnded && beat.From.Incarnation == record.Member.Incarnation)
        {
            return false;
        }

        if (beat.From.Incarnation > record.Member.Incarnation)
        {
            record.AgreedAt = null;
            record.HasEnded = false;
        }

        _isAlone = false;
        record.Member = beat.From;
        record.HeardAt = time.GetTimestamp();
        record.Stamp = beat.Stamp;
        record.HearsMajority = beat.HearsMajority;
        record.Heard = beat.Heard;
        if (!record.View.IsSameAs(beat.View))
        {
            record.View = beat.View;
            record.Previous = beat.Previous;
            record.AgreedAt = null;
        }

        if (beat.EchoIncarnation == Self.Incarnation)
        {
            record.AgreedAt = beat.Echo;
        }

        _highestNumber = Math.Max(_highestNumber, beat.View.Number);
        if (!beat.View.IsLaterThan(View))
        {
            return false;
        }

        Enter(beat.View);
        return true;
    }

    /// <summary>The peer has said that its run is over. Of two gateways the other one then is a majority by itself, until it
    /// hears of another: nobody else can have such a word, so nobody else can be one.</summary>
    public void Ended(string peer)
    {
        var record = Record(peer);
        _isAlone = _count == 2 && View.Contains(peer, record.Member.Incarnation)
            && ValidUntil() > time.GetTimestamp();
        record.HasEnded = true;
    }

    /// <summary>An attempt to connect was refused by the peer's machine.</summary>
    /// <param name="peer">Its id.</param>
    /// <param name="startedAt">When the attempt began.</param>
    public void Refused(string peer, long startedAt)
    {
        var record = Record(peer);
        record.RefusedAt = Math.Max(record.RefusedAt ?? long.MinValue, startedAt);
    }

    /// <summary>Until when this gateway may grant and use leases; in the past when it may not.</summary>
    public long ValidUntil()
    {
        if (!IsMember)
        {
            return long.MinValue;
        }

        if (_count == 1 || _isAlone)
        {
            return After(time.GetTimestamp(), timing.Validity);
        }

        var evidence = new List<(long Expiry, bool IsVote)>();
        foreach (var (id, record) in _peers)
        {
            if (!_roster.Contains(id))
            {
                continue;
            }

            if (IsRefused(record))
            {
                evidence.Add((After(record.RefusedAt!.Value, timing.Validity), false));
            }
            else if (!record.HasEnded && record.AgreedAt is { } agreedAt && record.View.IsSameAs(View)
                && View.Contains(id, record.Member.Incarnation))
            {
                evidence.Add((After(agreedAt, timing.Validity), true));
            }
        }

        // The latest moment at which what has not expired by then still makes a majority.
        var until = long.MinValue;
        foreach (var (expiry, _) in evidence)
        {
            var votes = evidence.Count(item => item.IsVote && item.Expiry >= expiry);
            var dead = evidence.Count(item => !item.IsVote && item.Expiry >= expiry);
            if (expiry > until && IsMajority(votes, dead))
            {
                until = expiry;
            }
        }

        return until == long.MinValue ? until : After(until, -timing.Guard);
    }

    /// <summary>A majority came from <see cref="Previous"/> directly to <see cref="View"/>: no view between the two was ever
    /// valid, nor can one become so.</summary>
    public bool CameDirectly()
    {
        int came = 0, dead = 0;
        foreach (var (id, record) in _peers)
        {
            if (!_roster.Contains(id))
            {
                continue;
            }

            var run = record.Member.Incarnation;
            dead += IsCertainlyDead(record, time.GetTimestamp()) ? 1 : 0;
            came += !IsDead(record) && record.View.IsSameAs(View) && record.Previous == Previous.Id
                && View.Contains(id, run) && Previous.Contains(id, run) ? 1 : 0;
        }

        return Previous.Contains(Self.Id, Self.Incarnation) && IsMember && IsMajority(came, dead);
    }

    /// <summary>Looks at who is there, and proposes a view when it is this gateway's turn. True when it did.</summary>
    public bool Tick()
    {
        var now = time.GetTimestamp();
        var wanted = Wanted(now);
        var isStable = _wanted is not null && wanted.SequenceEqual(_wanted);
        _wanted = wanted;
        if (wanted.SequenceEqual(View.Members) || !HearsMajority(now) || !IsMyTurn(now))
        {
            return false;
        }

        // A death that is certain needs no second look.
        if (!isStable && !View.Members.Any(member => IsDead(member.Id)) && _count > 1)
        {
            return false;
        }

        Enter(new GatewayView(++_highestNumber, Self.Id, wanted));
        return true;
    }

    public Heartbeat BeatFor(string peer)
    {
        var now = time.GetTimestamp();
        var record = Record(peer);
        return new Heartbeat
        {
            From = Self,
            Stamp = now,
            Echo = record.Stamp,
            EchoIncarnation = record.Member.Incarnation,
            View = View,
            Previous = Previous.Id,
            HearsMajority = HearsMajority(now),
            Heard = [.. _peers.Values.Where(other => IsHeard(other, now)).Select(static other => other.Member)],
        };
    }

    // Whom this gateway hears, itself or through one it hears.
    private Member[] Wanted(long now)
    {
        var found = new SortedDictionary<string, Member>(StringComparer.Ordinal) { [Self.Id] = Self };
        foreach (var record in _peers.Values)
        {
            if (!IsHeard(record, now))
            {
                continue;
            }

            Consider(record.Member);
            foreach (var member in record.Heard)
            {
                if (member.Id != Self.Id && !IsDead(member.Id))
                {
                    Consider(member);
                }
            }
        }

        return [.. found.Values];

        void Consider(Member member)
        {
            if (_roster.Contains(member.Id)
                && (!found.TryGetValue(member.Id, out var known) || known.Incarnation < member.Incarnation))
            {
                found[member.Id] = member;
            }
        }
    }

    private bool IsMyTurn(long now) => !_peers.Any(pair =>
        string.CompareOrdinal(pair.Key, Self.Id) < 0 && pair.Value.HearsMajority && IsHeard(pair.Value, now)
        && _roster.Contains(pair.Key));

    private bool HearsMajority(long now)
    {
        int heard = 0, dead = 0;
        foreach (var (id, record) in _peers)
        {
            if (_roster.Contains(id))
            {
                heard += IsHeard(record, now) ? 1 : 0;
                dead += IsCertainlyDead(record, now) ? 1 : 0;
            }
        }

        return IsMajority(heard, dead);
    }

    // This one and the others that agree, of all that are not dead for certain.
    private bool IsMajority(int others, int dead) => _isAlone || 2 * (others + 1) > _count - dead;

    private bool IsHeard(PeerRecord record, long now) =>
        record.HeardAt is { } heardAt && !IsDead(record) && now - heardAt <= After(0, timing.Suspect);

    private static bool IsDead(PeerRecord record) => record.HasEnded || IsRefused(record);

    private static bool IsRefused(PeerRecord record) => record.RefusedAt > (record.HeardAt ?? long.MinValue);

    // For long enough to be counted on, and no longer: it may run again.
    private bool IsCertainlyDead(PeerRecord record, long now) =>
        IsRefused(record) && now - record.RefusedAt < After(0, timing.Validity);

    private void Enter(GatewayView view)
    {
        Previous = View;
        View = view;
    }

    private PeerRecord Record(string peer)
    {
        if (!_peers.TryGetValue(peer, out var record))
        {
            _peers[peer] = record = new PeerRecord { Member = new Member(peer, 0) };
        }

        return record;
    }

    private long After(long timestamp, TimeSpan duration) =>
        timestamp + (long)(duration.TotalSeconds * time.TimestampFrequency);
}
