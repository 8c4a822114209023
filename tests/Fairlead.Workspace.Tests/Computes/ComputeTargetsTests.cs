using Fairlead.Contracts.Errors;
using Fairlead.Workspace.Computes;
using Fairlead.Workspace.Tests.Running;

namespace Fairlead.Workspace.Tests.Computes;

public sealed class ComputeTargetsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("local")]
    public void Get_WithoutLocalCompute_SaysWhatToDo(string? name)
    {
        var targets = new ComputeTargets([], null!, null!);

        var refused = Assert.Throws<FairleadException>(() => targets.Get(name));

        Assert.Equal((ErrorCodes.NotSupported, 400), (refused.Error.Code, refused.Error.StatusCode));
        Assert.Contains("'fairleadd workspace' has no local compute", refused.Message, StringComparison.Ordinal);
        Assert.Contains("fairlead computetarget attach", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Get_UnknownCluster_IsNotFound()
    {
        var targets = new ComputeTargets([new FakeComputeTarget()], null!, null!);

        Assert.Equal(ErrorCodes.ComputeNotFound, Assert.Throws<FairleadException>(() => targets.Get("prod")).Error.Code);
    }
}
