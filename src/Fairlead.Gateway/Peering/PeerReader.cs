using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;
using Fairlead.Gateway.SelfScaling;

namespace Fairlead.Gateway.Peering;

/// <summary>Reads the frames of a record, one message after another.</summary>
/// <remarks>Anything that <see cref="PeerWriter"/> would not have written is an <see cref="InvalidDataException"/>. Nothing
/// larger than the record itself is ever allocated on the word of a length in it.</remarks>
internal ref struct PeerReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    /// <summary>The next message; false at the end of the record.</summary>
    public bool TryRead(out PeerMessage message)
    {
        if (_rest.IsEmpty)
        {
            message = default;
            return false;
        }

        var length = _rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(_rest);
        if (length < 1 || length > _rest.Length - sizeof(int))
        {
            throw Bad("length of a frame");
        }

        var frame = new PeerReader(_rest.Slice(sizeof(int), length));
        _rest = _rest[(sizeof(int) + length)..];
        message = frame.Message();
        if (!frame._rest.IsEmpty)
        {
            throw Bad("end of a frame");
        }

        return true;
    }

    private PeerMessage Message()
    {
        var kind = (PeerMessageKind)Byte();
        if (kind == PeerMessageKind.Heartbeat)
        {
            return new PeerMessage(kind) { Heartbeat = Heartbeat() };
        }

        var message = new PeerMessage(kind) { Round = Number() };
        switch (kind)
        {
            case PeerMessageKind.SyncBegin:
                return message with { ViewNumber = Number(), ViewProposer = Text() };
            case PeerMessageKind.SyncEnd or PeerMessageKind.SyncAccepted or PeerMessageKind.Farewell or PeerMessageKind.SeenOff:
                return message;
            case PeerMessageKind.Report:
                return message with { Service = Text(), Leases = Leases(), Waiting = WaitingList() };
            case PeerMessageKind.Request:
                return message with { Service = Text(), Request = Waiting() };
            case PeerMessageKind.Cancel:
                return message with { Service = Text(), Id = Number() };
            case PeerMessageKind.Release:
                return message with { Service = Text(), Id = Number(), End = OneOf(LeaseEnd.Abandoned) };
            case PeerMessageKind.Grant:
                return message with { Service = Text(), Id = Number(), Replica = Replica() };
            case PeerMessageKind.Refuse:
                message = message with { Service = Text(), Id = Number(), Outcome = OneOf(LeaseOutcome.CoordinatorUnavailable) };
                return message.Outcome == LeaseOutcome.Granted ? throw Bad("outcome") : message;
            default:
                throw Bad("kind of a message");
        }
    }

    private Heartbeat Heartbeat() => new()
    {
        From = Member(),
        Stamp = Number(),
        Echo = Number(),
        EchoIncarnation = Number(),
        View = new GatewayView(Number(), Text(), Members()),
        Previous = new ViewId(Number(), Text()),
        HearsMajority = Flag(),
        Heard = Members(),
        Load = new GatewayLoad(Number(), Number()),
    };

    private Member[] Members()
    {
        var members = new Member[Count(3)];
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = Member();
        }

        return members;
    }

    private Member Member() => new(Text(), Number(), Flag());

    private HeldLease[] Leases()
    {
        var leases = new HeldLease[Count(5)];
        for (var i = 0; i < leases.Length; i++)
        {
            leases[i] = new HeldLease(Number(), Replica());
        }

        return leases;
    }

    private WaitingRequest[] WaitingList()
    {
        var waiting = new WaitingRequest[Count(5)];
        for (var i = 0; i < waiting.Length; i++)
        {
            waiting[i] = Waiting();
        }

        return waiting;
    }

    private WaitingRequest Waiting()
    {
        var id = Number();
        var waited = Number();
        return waited < 0 || waited > TimeSpan.TicksPerDay
            ? throw Bad("time of a request")
            : new WaitingRequest(id, new TimeSpan(waited), Flag(), Level(), Flag());
    }

    private byte Level() => Byte() is var level and < Urgency.Levels ? level : throw Bad("urgency");

    private ReplicaEndpoint Replica()
    {
        var id = Text();
        if (!Uri.TryCreate(Text(), UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
        {
            throw Bad("address of a replica");
        }

        var limit = Number();
        return limit is < 0 or > int.MaxValue
            ? throw Bad("limit of a replica")
            : new ReplicaEndpoint(id, address, (int)limit, Flag());
    }

    private TEnum OneOf<TEnum>(TEnum last)
        where TEnum : struct, Enum
    {
        var value = Byte();
        return value <= Convert.ToByte(last, null) ? (TEnum)Enum.ToObject(typeof(TEnum), value) : throw Bad(typeof(TEnum).Name);
    }

    private bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw Bad("flag"),
    };

    // Of items that take at least so many bytes each.
    private int Count(int smallest)
    {
        var count = Number();
        return count < 0 || count > _rest.Length / smallest ? throw Bad("count") : (int)count;
    }

    private long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)value;
            }
        }

        throw Bad("number");
    }

    private string Text()
    {
        var length = Number();
        if (length < 0 || length > _rest.Length || !Utf8.IsValid(_rest[..(int)length]))
        {
            throw Bad("text");
        }

        var text = Encoding.UTF8.GetString(_rest[..(int)length]);
        _rest = _rest[(int)length..];
        return text;
    }

    private byte Byte()
    {
        if (_rest.IsEmpty)
        {
            throw Bad("end of a frame");
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    private static InvalidDataException Bad(string what) => new($"A gateway sent a bad {what}.");
}
