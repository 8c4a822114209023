using System.ComponentModel.DataAnnotations;

namespace Fairlead.Gateway.Authentication;

/// <summary>How tokens are checked.</summary>
public sealed record GatewayTokenOptions
{
    /// <summary>How far the clocks of issuer and gateway may differ. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How old the keys of an external issuer may get before they are fetched again. Default 1 hour. Tokens with an
    /// unknown key have them fetched at once, at most every 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "7.00:00:00")]
    public TimeSpan KeyRefresh { get; set; } = TimeSpan.FromHours(1);
}
