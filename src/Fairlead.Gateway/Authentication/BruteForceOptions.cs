using System.ComponentModel.DataAnnotations;

namespace Fairlead.Gateway.Authentication;

/// <summary>How guessing of keys and tokens is slowed, for each client address.</summary>
public sealed record BruteForceOptions
{
    /// <summary>Whether it is. Default true. Switch it off where all clients come from one address and a proxy before the
    /// gateway does this.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Different wrong credentials that an address may send at once; then 429. Default 20.</summary>
    [Range(1, 100_000)]
    public int Attempts { get; set; } = 20;

    /// <summary>Time after which an address has one attempt more again. Default 6 s: ten a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Recovery { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Addresses that are remembered, about 300 bytes each; with one more, another is forgotten. Default
    /// 10000.</summary>
    [Range(1, 10_000_000)]
    public int MaxAddresses { get; set; } = 10_000;
}
