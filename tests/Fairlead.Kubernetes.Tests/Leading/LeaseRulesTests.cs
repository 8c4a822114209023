using Fairlead.Kubernetes.Leading;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Leading;

public sealed class LeaseRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("me", 0, true)]
    [InlineData("other", 14.9, false)]
    [InlineData("other", 15, true)]
    [InlineData("", 0, true)]
    [InlineData(null, 0, true)]
    public void Take_WhenItIsOursFreeOrUnchangedForItsDuration(string? holder, double unchangedSeconds, bool may) => Assert.Equal(
        may,
        LeaseRules.MayTake(
            new V1Lease { Spec = new V1LeaseSpec { HolderIdentity = holder, LeaseDurationSeconds = 15 } }, "me", TimeSpan.FromSeconds(unchangedSeconds)));

    [Fact]
    public void Take_WhenThereIsNone() => Assert.True(LeaseRules.MayTake(null, "me", TimeSpan.Zero));

    [Fact]
    public void Held_ByANewHolder_CountsATransition()
    {
        var first = LeaseRules.Held(null, "ns", "lease", "a", Now);
        var renewed = LeaseRules.Held(first, "ns", "lease", "a", Now.AddSeconds(2));
        var taken = LeaseRules.Held(renewed, "ns", "lease", "b", Now.AddSeconds(30));

        Assert.Equal(0, first.Spec.LeaseTransitions);
        Assert.Equal((0, Now.UtcDateTime, Now.AddSeconds(2).UtcDateTime), (renewed.Spec.LeaseTransitions, renewed.Spec.AcquireTime!.Value, renewed.Spec.RenewTime!.Value));
        Assert.Equal((1, "b"), (taken.Spec.LeaseTransitions, taken.Spec.HolderIdentity));
    }

    [Fact]
    public void Holder_StopsBeforeAnotherMayBegin() => Assert.True(LeaseRules.RenewDeadline + LeaseRules.Period < LeaseRules.Duration);
}
