using Fairlead.Contracts.Routing;

namespace Fairlead.Workspace.Endpoints;

/// <summary>How an endpoint's requests are shared among the versions that can take them now (pure).</summary>
internal static class TrafficPlan
{
    /// <summary>Null when nothing is left to send requests to.</summary>
    /// <param name="versions">All of the endpoint's, in order.</param>
    /// <param name="before">The split in force: its default goes on until the new one is ready.</param>
    /// <param name="stickyHeader">Of the endpoint.</param>
    public static TrafficSplit? Build(IEnumerable<EndpointVersionRow> versions, TrafficSplit? before, string? stickyHeader)
    {
        List<EndpointVersionRow> staying = [.. versions.Where(version => !version.IsLeaving).OrderBy(version => version.Position)];
        if (staying.Count == 0)
        {
            return null;
        }

        List<EndpointVersionRow> ready = [.. staying.Where(version => version.HasServed)];
        if (ready.Count == 0)
        {
            // Nobody can answer yet: callers hear that replicas start, and not that there is no such service.
            ready = [staying.Find(version => version.IsDefault) ?? staying[0]];
        }

        var byDefault = ready.Find(version => version.IsDefault)
            ?? ready.Find(version => version.Name == before?.DefaultVersion)
            ?? ready[0];
        return new TrafficSplit
        {
            Versions = [.. ready.Select(version => new VersionShare(
                version.Name, version.Service, version.TrafficPercentile, version.IsControl,
                version.Name == byDefault.Name ? 0 : version.ShadowPercentile))],
            DefaultVersion = byDefault.Name,
            StickyHeader = stickyHeader,
        };
    }
}
