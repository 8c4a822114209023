namespace Fairlead.Gateway.Leasing;

/// <summary>Until when this gateway may grant and use leases: the end of its membership. One for all queues.</summary>
internal sealed class GrantGate
{
    private long _until = long.MinValue;

    /// <summary>How long nobody may grant until requests that wait are refused; in ticks of that clock.</summary>
    public long Standstill { get; init; }

    /// <summary>Timestamp of the clock of the queues.</summary>
    public long Until
    {
        get => Volatile.Read(ref _until);
        set => Volatile.Write(ref _until, value);
    }
}
