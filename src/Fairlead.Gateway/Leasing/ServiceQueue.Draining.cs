namespace Fairlead.Gateway.Leasing;

/// <summary>Taking one replica out, for the autoscaler of the gateway that coordinates.</summary>
internal sealed partial class ServiceQueue
{
    /// <summary>Chooses the replica that holds least and gives it no more requests.</summary>
    /// <returns>Its id; null when there is none.</returns>
    public string? BeginDrain()
    {
        lock (_lock)
        {
            if (_replicas.ChooseVictim() is not { } victim)
            {
                return null;
            }

            victim.Victim = true;
            return victim.Endpoint.Id;
        }
    }

    /// <summary>How far a drain has come.</summary>
    public DrainState DrainOf(string replica)
    {
        lock (_lock)
        {
            foreach (var state in _replicas.All)
            {
                if (state.Victim && state.Endpoint.Id == replica)
                {
                    return state.Endpoint.Draining ? DrainState.Gone
                        : state.IsEmpty ? DrainState.Empty
                        : DrainState.Busy;
                }
            }

            return DrainState.Gone;
        }
    }

    /// <summary>Lets the replica take requests again.</summary>
    public void CancelDrain(string replica)
    {
        lock (_lock)
        {
            foreach (var state in _replicas.All)
            {
                if (state.Endpoint.Id == replica)
                {
                    state.Victim = false;
                }
            }

            Dispatch_NeedsLock(_time.GetTimestamp());
        }
    }
}

/// <summary>How far the removal of a replica has come.</summary>
internal enum DrainState
{
    Busy,
    Empty,

    /// <summary>It is no longer published as taking requests.</summary>
    Gone,
}
