using System.Buffers;
using CsCheck;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;
using Fairlead.Gateway.Peering;
using Fairlead.Gateway.SelfScaling;

namespace Fairlead.Gateway.Tests.Peering;

public sealed class PeerCodecTests
{
    private static readonly PeerMessageKind[] Bare =
        [PeerMessageKind.SyncEnd, PeerMessageKind.SyncAccepted, PeerMessageKind.Farewell, PeerMessageKind.SeenOff];

    private static readonly Gen<string> Name = Gen.String[Gen.Char['a', 'ž'], 0, 20];
    private static readonly Gen<Member> AnyMember = Gen.Select(Name, Gen.Long, Gen.Bool, (id, run, leaving) => new Member(id, run, leaving));

    private static readonly Gen<ReplicaEndpoint> Replica = Gen.Select(
        Name, Gen.Int[1, 65535], Gen.Int[0, int.MaxValue], Gen.Bool,
        (id, port, limit, draining) => new ReplicaEndpoint(id, new Uri($"http://10.0.0.1:{port}"), limit, draining));

    private static readonly Gen<WaitingRequest> Waiting = Gen.Select(
        Gen.Long, Gen.Long[0, TimeSpan.TicksPerHour], Gen.Bool, Gen.Byte[0, 7], Gen.Bool,
        (id, waited, retry, urgency, onlyIfFree) => new WaitingRequest(id, new TimeSpan(waited), retry, urgency, onlyIfFree));

    private static readonly Gen<PeerMessage> Message = Gen.OneOf(
        Gen.Select(AnyMember, Gen.Long, Gen.Long, Name, AnyMember.Array[0, 5], Gen.Bool, (from, stamp, number, proposer, members, hears) =>
            new PeerMessage(PeerMessageKind.Heartbeat)
            {
                Heartbeat = new Heartbeat
                {
                    From = from,
                    Stamp = stamp,
                    Echo = -stamp,
                    EchoIncarnation = number,
                    View = new GatewayView(number, proposer, members),
                    Previous = new ViewId(-number, proposer),
                    HearsMajority = hears,
                    Heard = members,
                    Load = new GatewayLoad(number, stamp),
                },
            }),
        Gen.Select(Gen.Long, Gen.Long, Name, (round, view, proposer) =>
            new PeerMessage(PeerMessageKind.SyncBegin) { Round = round, ViewNumber = view, ViewProposer = proposer }),
        Gen.Select(
            Gen.Long,
            Gen.Int[0, Bare.Length - 1],
            (round, kind) => new PeerMessage(Bare[kind]) { Round = round }),
        Gen.Select(
            Gen.Long, Name, Gen.Select(Gen.Long, Replica, (id, replica) => new HeldLease(id, replica)).Array[0, 5], Waiting.Array[0, 5],
            (round, service, leases, waiting) => new PeerMessage(PeerMessageKind.Report)
            {
                Round = round,
                Service = service,
                Leases = leases,
                Waiting = waiting,
            }),
        Gen.Select(Gen.Long, Name, Waiting, (round, service, request) => new PeerMessage(PeerMessageKind.Request)
        {
            Round = round,
            Service = service,
            Request = request,
        }),
        Gen.Select(Gen.Long, Name, Gen.Long, Gen.Enum<LeaseEnd>(), (round, service, id, end) =>
            new PeerMessage(PeerMessageKind.Release) { Round = round, Service = service, Id = id, End = end }),
        Gen.Select(Gen.Long, Name, Gen.Long, Replica, (round, service, id, replica) =>
            new PeerMessage(PeerMessageKind.Grant) { Round = round, Service = service, Id = id, Replica = replica }));

    [Fact]
    public void Messages_AnyBatch_ComeBackAsTheyWere() => Message.Array[0, 8].Sample(messages =>
    {
        var first = Bytes(messages);
        var read = Read(first);
        Assert.Equal(messages.Select(static message => message.Kind), read.Select(static message => message.Kind));

        // Equal bytes are equal messages; records with lists do not compare by content.
        Assert.Equal(first, Bytes(read));
        Assert.Equal(
            messages.Select(static message => (message.Round, message.Service, message.Id, message.Replica, message.Request)),
            read.Select(static message => (message.Round, message.Service, message.Id, message.Replica, message.Request)));
    });

    [Fact]
    public void Bytes_Any_AreReadOrRefused() => Gen.Byte.Array[0, 200].Sample(static bytes => ReadOrRefuse(bytes));

    [Fact]
    public void Messages_WithChangedBytes_AreReadOrRefused() => Gen.Select(
        Message.Array[1, 4], Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 4]).Sample(static (messages, changes) =>
    {
        var bytes = Bytes(messages);
        foreach (var (at, value) in changes)
        {
            bytes[at % bytes.Length] = value;
        }

        ReadOrRefuse(bytes);
    });

    [Fact]
    public void Messages_CutShort_AreRefused() => Gen.Select(Message, Gen.Int[1, 10_000]).Sample(static (message, cut) =>
    {
        var bytes = Bytes([message]);
        var length = bytes.Length - 1 - (cut % (bytes.Length - 1));
        if (length > 0)
        {
            Assert.Throws<InvalidDataException>(() => Read(bytes[..length]));
        }
    });

    private static byte[] Bytes(IEnumerable<PeerMessage> messages)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var message in messages)
        {
            PeerWriter.Append(buffer, message);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static List<PeerMessage> Read(byte[] bytes)
    {
        var reader = new PeerReader(bytes);
        var messages = new List<PeerMessage>();
        while (reader.TryRead(out var message))
        {
            messages.Add(message);
        }

        return messages;
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (InvalidDataException)
        {
            // Any other exception fails the test.
        }
    }
}
