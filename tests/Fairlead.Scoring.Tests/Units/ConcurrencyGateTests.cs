using Fairlead.Scoring.Admission;

namespace Fairlead.Scoring.Tests.Units;

public sealed class ConcurrencyGateTests
{
    [Fact]
    public void Gate_InEveryPhase_RefusesWithItsReason()
    {
        var gate = new ConcurrencyGate(1, TimeProvider.System);

        Assert.Null(gate.TryEnter(out var starting));
        gate.Enter(HostPhase.Ready);
        var lease = gate.TryEnter(out _);
        Assert.Null(gate.TryEnter(out var busy));
        lease!.Dispose();
        gate.Enter(HostPhase.Draining);
        gate.Enter(HostPhase.Ready);
        using var whileDraining = gate.TryEnter(out _);
        gate.Enter(HostPhase.Closed);
        Assert.Null(gate.TryEnter(out var draining));

        Assert.Equal(["starting", "busy", "draining"], [starting, busy, draining]);
        Assert.NotNull(whileDraining);
        Assert.Equal(HostPhase.Closed, gate.Phase);
    }

    [Fact]
    public void Lease_DisposedTwice_FreesOneSlot()
    {
        var gate = new ConcurrencyGate(2, TimeProvider.System);
        gate.Enter(HostPhase.Ready);
        var first = gate.TryEnter(out _)!;
        using var second = gate.TryEnter(out _);

        first.Dispose();
        first.Dispose();

        Assert.Equal(1, gate.Inside);
        Assert.Null(gate.QuietFor());
    }

    [Fact]
    public void Gate_UnderManyThreads_NeverLetsMoreIn()
    {
        var gate = new ConcurrencyGate(3, TimeProvider.System);
        gate.Enter(HostPhase.Ready);
        var inside = 0;
        var most = 0;

        Parallel.For(0, 20_000, _ =>
        {
            using var lease = gate.TryEnter(out var refusal);
            if (lease is null)
            {
                Assert.Equal("busy", refusal);
                return;
            }

            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            Interlocked.Decrement(ref inside);
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, gate.Inside);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
