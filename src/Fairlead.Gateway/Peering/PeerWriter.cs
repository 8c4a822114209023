using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Coordination;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Membership;

namespace Fairlead.Gateway.Peering;

/// <summary>Appends messages to a buffer, each behind its length. The counterpart of <see cref="PeerReader"/>.</summary>
internal static class PeerWriter
{
    /// <summary>Appends one frame: four bytes of length, then the message.</summary>
    public static void Append(ArrayBufferWriter<byte> to, in PeerMessage message)
    {
        var start = to.WrittenCount;
        to.GetSpan(sizeof(int))[..sizeof(int)].Clear();
        to.Advance(sizeof(int));
        Write(to, message);
        var length = to.WrittenCount - start - sizeof(int);

        // What was written is only readable through the buffer itself.
        var written = System.Runtime.InteropServices.MemoryMarshal.AsMemory(to.WrittenMemory);
        BinaryPrimitives.WriteInt32LittleEndian(written.Span[start..], length);
    }

    private static void Write(ArrayBufferWriter<byte> to, in PeerMessage message)
    {
        to.Write([(byte)message.Kind]);
        if (message.Kind == PeerMessageKind.Heartbeat)
        {
            Write(to, message.Heartbeat!);
            return;
        }

        Number(to, message.Round);
        switch (message.Kind)
        {
            case PeerMessageKind.SyncBegin:
                Number(to, message.ViewNumber);
                Text(to, message.ViewProposer!);
                break;
            case PeerMessageKind.SyncEnd or PeerMessageKind.SyncAccepted or PeerMessageKind.Farewell or PeerMessageKind.SeenOff:
                break;
            case PeerMessageKind.Report:
                Text(to, message.Service!);
                Number(to, message.Leases!.Count);
                foreach (var lease in message.Leases)
                {
                    Number(to, lease.Id);
                    Replica(to, lease.Replica);
                }

                Number(to, message.Waiting!.Count);
                foreach (var request in message.Waiting)
                {
                    Waiting(to, request);
                }

                break;
            case PeerMessageKind.Request:
                Text(to, message.Service!);
                Waiting(to, message.Request);
                break;
            case PeerMessageKind.Cancel:
                Text(to, message.Service!);
                Number(to, message.Id);
                break;
            case PeerMessageKind.Release:
                Text(to, message.Service!);
                Number(to, message.Id);
                to.Write([(byte)message.End]);
                break;
            case PeerMessageKind.Grant:
                Text(to, message.Service!);
                Number(to, message.Id);
                Replica(to, message.Replica!);
                break;
            case PeerMessageKind.Refuse:
                Text(to, message.Service!);
                Number(to, message.Id);
                to.Write([(byte)message.Outcome]);
                break;
        }
    }

    private static void Write(ArrayBufferWriter<byte> to, Heartbeat beat)
    {
        Member(to, beat.From);
        Number(to, beat.Stamp);
        Number(to, beat.Echo);
        Number(to, beat.EchoIncarnation);
        Number(to, beat.View.Number);
        Text(to, beat.View.Proposer);
        Members(to, beat.View.Members);
        Number(to, beat.Previous.Number);
        Text(to, beat.Previous.Proposer);
        Flag(to, beat.HearsMajority);
        Members(to, beat.Heard);
        Number(to, beat.Load.RoutingMicros);
        Number(to, beat.Load.MilliCpu);
    }

    private static void Members(ArrayBufferWriter<byte> to, IReadOnlyList<Member> members)
    {
        Number(to, members.Count);
        foreach (var member in members)
        {
            Member(to, member);
        }
    }

    private static void Member(ArrayBufferWriter<byte> to, Member member)
    {
        Text(to, member.Id);
        Number(to, member.Incarnation);
        Flag(to, member.IsLeaving);
    }

    private static void Waiting(ArrayBufferWriter<byte> to, WaitingRequest request)
    {
        Number(to, request.Id);
        Number(to, request.Waited.Ticks);
        Flag(to, request.IsRetry);
        to.Write([request.Urgency]);
        Flag(to, request.OnlyIfFree);
    }

    private static void Replica(ArrayBufferWriter<byte> to, ReplicaEndpoint replica)
    {
        Text(to, replica.Id);
        Text(to, replica.Address.OriginalString);
        Number(to, replica.MaxConcurrentRequests);
        Flag(to, replica.Draining);
    }

    private static void Flag(ArrayBufferWriter<byte> to, bool value) => to.Write([value ? (byte)1 : (byte)0]);

    // Seven bits a byte, least first, of the number as unsigned.
    private static void Number(ArrayBufferWriter<byte> to, long value)
    {
        var rest = (ulong)value;
        var span = to.GetSpan(10);
        var length = 0;
        do
        {
            var next = (byte)(rest & 0x7F);
            rest >>= 7;
            span[length++] = rest == 0 ? next : (byte)(next | 0x80);
        }
        while (rest != 0);
        to.Advance(length);
    }

    private static void Text(ArrayBufferWriter<byte> to, string value)
    {
        Number(to, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, to);
    }
}
