using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Routing;

namespace Fairlead.Workspace.Endpoints;

/// <summary>What §1.8 says of shares, the default and the control version (pure).</summary>
internal static class TrafficRules
{
    /// <summary>Gives a version the share and the parts it asks for, and takes the parts from whoever had them.</summary>
    /// <param name="versions">All of the endpoint that stay, <paramref name="version"/> among them.</param>
    /// <param name="version">The one that is created or updated.</param>
    /// <param name="wanted">Members left null change nothing.</param>
    public static void Set(
        IReadOnlyList<EndpointVersionRow> versions, EndpointVersionRow version, EndpointVersionSettingsDto wanted)
    {
        if (wanted.TrafficPercentile is < 0 or > 100)
        {
            throw FairleadException.InvalidArgument("trafficPercentile", wanted.TrafficPercentile, "from 0 to 100");
        }

        if (wanted.ShadowPercentile is < 0 or > 100)
        {
            throw FairleadException.InvalidArgument("shadowPercentile", wanted.ShadowPercentile, "from 0 to 100");
        }

        if (wanted.IsDefault == false && version.IsDefault)
        {
            throw FairleadException.InvalidArgument(
                "isDefault", "false", $"true, since '{version.Name}' is the default version; make another one the default instead");
        }

        if (wanted.IsControlVersionType == false && version.IsControl)
        {
            throw FairleadException.InvalidArgument(
                "isControlVersionType", "false", $"true, since '{version.Name}' is the control version; make another one that instead");
        }

        version.TrafficPercentile = wanted.TrafficPercentile ?? version.TrafficPercentile;
        var sum = versions.Sum(other => other.TrafficPercentile);
        if (sum > 100)
        {
            var others = sum - version.TrafficPercentile;
            throw FairleadException.InvalidArgument(
                "trafficPercentile", version.TrafficPercentile,
                FormattableString.Invariant($"at most {100 - others}: the other versions have {others}, and all together may have 100"));
        }

        version.ShadowPercentile = wanted.ShadowPercentile ?? version.ShadowPercentile;
        if (version.ShadowPercentile > 0 && (version.TrafficPercentile > 0 || (wanted.IsDefault ?? version.IsDefault)))
        {
            throw FairleadException.InvalidArgument(
                "shadowPercentile", version.ShadowPercentile,
                version.TrafficPercentile > 0
                    ? FormattableString.Invariant($"0 while trafficPercentile is {version.TrafficPercentile}: a version answers callers or is a shadow")
                    : $"0 for the default version, which '{version.Name}' is or would be: it answers callers");
        }

        if (wanted.IsDefault == true)
        {
            foreach (var other in versions)
            {
                other.IsDefault = other == version;
            }
        }

        if (wanted.IsControlVersionType == true)
        {
            foreach (var other in versions)
            {
                other.IsControl = other == version;
            }
        }
    }

    public static void CheckRoom(string endpoint, IReadOnlyCollection<EndpointVersionRow> versions)
    {
        if (versions.Count >= TrafficSplit.MaxVersions)
        {
            throw new FairleadException(
                ErrorCodes.InvalidArgument, 400,
                $"Endpoint '{endpoint}' has {versions.Count} versions, the most there may be: "
                + $"{string.Join(", ", versions.Select(version => version.Name))}. Delete one first.");
        }
    }
}
