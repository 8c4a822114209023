using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Rollouts;

namespace Fairlead.LocalCompute.Tests.Rollouts;

/// <summary>Replicas are written <c>n</c> and <c>o</c> for new and old, capital when ready.</summary>
public sealed class RolloutPlannerTests
{
    [Theory]
    [InlineData("", 3, 1, 1, 3, "")]
    [InlineData("N", 1, 1, 1, 0, "")]
    [InlineData("O", 1, 1, 1, 1, "")]
    [InlineData("On", 1, 1, 1, 0, "")]
    [InlineData("ON", 1, 1, 1, 0, "0")]
    [InlineData("o", 1, 1, 1, 1, "")]
    [InlineData("oN", 1, 1, 1, 0, "0")]
    [InlineData("OOO", 3, 1, 1, 1, "0")]
    [InlineData("OOO", 3, 1, 0, 1, "")]
    [InlineData("OOOn", 3, 1, 0, 0, "")]
    [InlineData("OOON", 3, 1, 0, 0, "0")]
    [InlineData("OO", 2, 0, 1, 0, "0")]
    [InlineData("O", 1, 0, 1, 0, "0")]
    [InlineData("O", 1, 0, 0, 0, "0")]
    [InlineData("NNN", 1, 1, 1, 0, "12")]
    [InlineData("NnN", 2, 1, 1, 0, "1")]
    [InlineData("NN", 0, 1, 1, 0, "01")]
    [InlineData("OO", 0, 1, 1, 0, "01")]
    public void Plan_Situation_StartsAndDrains(
        string replicas, int desired, int surge, int unavailable, int start, string drain)
    {
        var plan = RolloutPlanner.Plan(desired, new RolloutStrategy { MaxSurge = surge, MaxUnavailable = unavailable }, Views(replicas));

        Assert.Equal(start, plan.Start);
        Assert.Equal(drain, string.Concat(plan.Drain.Order()));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(5, 2, 0)]
    [InlineData(5, 0, 2)]
    [InlineData(10, 1, 9)]
    public void Plan_RepeatedUntilDone_ReplacesAllWithinItsBounds(int desired, int surge, int unavailable)
    {
        var strategy = new RolloutStrategy { MaxSurge = surge, MaxUnavailable = unavailable };
        var replicas = new string('O', desired);
        var least = Math.Max(desired - unavailable, surge > 0 ? 1 : 0);

        for (var step = 0; replicas != new string('N', desired); step++)
        {
            Assert.True(step < 100, replicas);
            var plan = RolloutPlanner.Plan(desired, strategy, Views(replicas));
            replicas = string.Concat(replicas.Where((_, index) => !plan.Drain.Contains($"{(char)('0' + index)}"))) + new string('n', plan.Start);
            Assert.True(replicas.Length <= desired + surge, replicas);
            Assert.True(replicas.Count(char.IsUpper) >= least, replicas);
            if (plan is { Start: 0, Drain.Count: 0 })
            {
                replicas = replicas.Replace('n', 'N');
            }
        }
    }

    private static List<ReplicaView> Views(string replicas) =>
        [.. replicas.Select((letter, index) => new ReplicaView($"{(char)('0' + index)}", letter is 'n' or 'N', char.IsUpper(letter)))];
}
