using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;
using Fairlead.Workspace.Endpoints;

namespace Fairlead.Workspace.Tests.Endpoints;

public sealed class TrafficRulesTests
{
    [Theory]
    [InlineData(60, 40, true)]
    [InlineData(60.5, 39.5, true)]
    [InlineData(60.5, 39.51, false)]
    [InlineData(0, 100, true)]
    [InlineData(0, 100.1, false)]
    [InlineData(0, -0.1, false)]
    public void Set_Shares_AddUpTo100AtMost(double first, double second, bool isAllowed)
    {
        var versions = Versions(("a", first), ("b", 0));
        var set = () => TrafficRules.Set(versions, versions[1], new EndpointVersionSettingsDto { TrafficPercentile = (decimal)second });

        if (isAllowed)
        {
            set();
            Assert.Equal((decimal)second, versions[1].TrafficPercentile);
        }
        else
        {
            Assert.Equal("trafficPercentile", Assert.Throws<FairleadException>(set).Error.Details.Single().Target);
        }
    }

    [Fact]
    public void Set_DefaultAndControl_MoveFromWhoHadThem()
    {
        var versions = Versions(("a", 0), ("b", 0));

        TrafficRules.Set(versions, versions[1], new EndpointVersionSettingsDto { IsDefault = true, IsControlVersionType = true });

        Assert.Equal([false, true], versions.Select(version => version.IsDefault));
        Assert.Equal([false, true], versions.Select(version => version.IsControl));
    }

    [Theory]
    [InlineData(0, 12.5, false, true)]
    [InlineData(0, 100.1, false, false)]
    [InlineData(0, -1, false, false)]
    [InlineData(1, 10, false, false)]
    [InlineData(0, 10, true, false)]
    [InlineData(1, 0, true, true)]
    public void Set_Shadow_IsForAVersionThatAnswersNobody(double traffic, double shadow, bool isDefault, bool isAllowed)
    {
        var versions = Versions(("a", 0), ("b", traffic));
        var set = () => TrafficRules.Set(
            versions, versions[1], new EndpointVersionSettingsDto { ShadowPercentile = (decimal)shadow, IsDefault = isDefault ? true : null });

        if (isAllowed)
        {
            set();
            Assert.Equal((decimal)shadow, TrafficPlan.Build(versions, Split("a"), null)!.Versions[1].ShadowPercentile);
        }
        else
        {
            Assert.Equal("shadowPercentile", Assert.Throws<FairleadException>(set).Error.Details.Single().Target);
        }
    }

    [Fact]
    public void Set_ShareOfAShadow_IsRefusedUntilItIsNone()
    {
        var versions = Versions(("a", 0), ("b", 0));
        versions[1].ShadowPercentile = 50;

        Assert.Throws<FairleadException>(
            () => TrafficRules.Set(versions, versions[1], new EndpointVersionSettingsDto { TrafficPercentile = 10 }));
        versions[1].TrafficPercentile = 0;
        TrafficRules.Set(versions, versions[1], new EndpointVersionSettingsDto { TrafficPercentile = 10, ShadowPercentile = 0 });

        Assert.Equal((10m, 0m), (versions[1].TrafficPercentile, versions[1].ShadowPercentile));
    }

    [Fact]
    public void Build_ShadowThatIsTheDefaultMeanwhile_GetsNoCopies()
    {
        var versions = Versions(("a", 0), ("b", 0));
        versions[0].HasServed = false;
        versions[1].ShadowPercentile = 50;

        Assert.Equal(0, Assert.Single(TrafficPlan.Build(versions, null, null)!.Versions).ShadowPercentile);
    }

    [Fact]
    public void Set_DefaultOrControlTakenAway_IsRefused()
    {
        var versions = Versions(("a", 0), ("b", 0));

        Assert.Throws<FairleadException>(
            () => TrafficRules.Set(versions, versions[0], new EndpointVersionSettingsDto { IsDefault = false }));
        Assert.Throws<FairleadException>(
            () => TrafficRules.Set(versions, versions[0], new EndpointVersionSettingsDto { IsControlVersionType = false }));
    }

    [Fact]
    public void Build_VersionNeverReady_GetsNothingYet()
    {
        var versions = Versions(("a", 10), ("b", 90));
        versions[1].HasServed = false;
        versions[1].IsDefault = true;
        versions[0].IsDefault = false;

        var split = TrafficPlan.Build(versions, Split("a"), null)!;

        Assert.Equal(("a", "a"), (split.DefaultVersion, Assert.Single(split.Versions).Name));
    }

    [Fact]
    public void Build_NewDefaultNotReady_TheOneBeforeGoesOn()
    {
        var versions = Versions(("a", 0), ("b", 0), ("c", 0));
        versions[0].IsDefault = false;
        versions[2].IsDefault = true;
        versions[2].HasServed = false;

        Assert.Equal("b", TrafficPlan.Build(versions, Split("b"), null)!.DefaultVersion);
    }

    [Fact]
    public void Build_Leaving_GetsNothing()
    {
        var versions = Versions(("a", 0), ("b", 50));
        versions[1].IsLeaving = true;

        Assert.Equal("a", Assert.Single(TrafficPlan.Build(versions, Split("a"), "x-user")!.Versions).Name);
        versions[0].IsLeaving = true;
        Assert.Null(TrafficPlan.Build(versions, Split("a"), null));
    }

    [Theory]
    [InlineData("iris", "blue", "iris-blue")]
    [InlineData("iris", "2", "iris-2")]
    public void ServiceOf_ShortNames_AreJoined(string endpoint, string version, string service) =>
        Assert.Equal(service, VersionNames.ServiceOf(endpoint, version));

    [Fact]
    public void ServiceOf_LongNames_StayValidAndDiffer()
    {
        var endpoint = new string('e', 32);

        var (one, two) = (VersionNames.ServiceOf(endpoint, "one"), VersionNames.ServiceOf(endpoint, "two"));

        Assert.NotEqual(one, two);
        Assert.All([one, two], name => Assert.True(Contracts.Services.ServiceNames.IsValid(name), name));
    }

    private static TrafficSplit Split(string byDefault) => new() { Versions = [], DefaultVersion = byDefault };

    private static List<EndpointVersionRow> Versions(params (string Name, double Share)[] versions) =>
    [
        .. versions.Index().Select(item => new EndpointVersionRow
        {
            Endpoint = "e",
            Name = item.Item.Name,
            Service = "e-" + item.Item.Name,
            Position = item.Index,
            TrafficPercentile = (decimal)item.Item.Share,
            IsDefault = item.Index == 0,
            IsControl = item.Index == 0,
            HasServed = true,
        }),
    ];
}
