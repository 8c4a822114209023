using Fairlead.Contracts.Api;

namespace Fairlead.Gateway.Coordination;

/// <summary>The group as an operator sees it.</summary>
internal sealed partial class CoordinationNode
{
    public GatewayGroupDto Describe()
    {
        lock (_lock)
        {
            var view = _membership.View;
            var ids = new SortedSet<string>(_membership.Roster, StringComparer.Ordinal);
            ids.UnionWith(view.Members.Select(static member => member.Id));
            return new GatewayGroupDto(
                view.Number,
                view.Proposer,
                !_isFenced && _time.GetTimestamp() < Gate.Until,
                _isSettled,
                _membership.Count,
                [.. ids.Select(id => Describe_NeedsLock(id))]);
        }
    }

    private GatewayMemberDto Describe_NeedsLock(string id)
    {
        var heardAt = _membership.Find(id)?.HeardAt;
        return new GatewayMemberDto(
            id,
            _membership.View.Contains(id),
            _membership.View.Members.Any(member => member.Id == id && member.IsLeaving),
            id == Id || _peers.TryGetValue(id, out var peer) && peer.IsLinked,
            heardAt is { } at ? (long)_time.GetElapsedTime(at, _time.GetTimestamp()).TotalMilliseconds : null,
            CoordinatedBy(id).Count());
    }
}
