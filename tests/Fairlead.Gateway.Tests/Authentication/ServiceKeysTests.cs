using Fairlead.Contracts.Services;
using Fairlead.Gateway.Authentication;
using Fairlead.Gateway.Tests.Support;

namespace Fairlead.Gateway.Tests.Authentication;

public sealed class ServiceKeysTests
{
    [Fact]
    public void Accepts_EitherKey_WithoutAllocation()
    {
        var keys = ServiceKeys.Parse(TestRoutes.Secret);
        Assert.True(keys.Accepts(TestRoutes.PrimaryKey));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var accepted = keys.Accepts(TestRoutes.PrimaryKey) & keys.Accepts(TestRoutes.SecondaryKey);

        Assert.True(accepted);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("")]
    [InlineData("primary-key")]
    [InlineData(TestRoutes.PrimaryKey + "x")]
    public void Accepts_AnythingElse_IsFalse(string key) =>
        Assert.False(ServiceKeys.Parse(TestRoutes.Secret).Accepts(key));

    [Fact]
    public void Accepts_VeryLongKey_IsFalse() =>
        Assert.False(ServiceKeys.Parse(TestRoutes.Secret).Accepts(new string('k', 30_000)));

    [Theory]
    [InlineData("zz")]
    [InlineData("")]
    public void Parse_BrokenHash_OpensNothing(string hash) =>
        Assert.False(ServiceKeys.Parse(new ServiceSecret([hash])).Accepts("key"));
}
