using System.ComponentModel.DataAnnotations;

namespace Fairlead.Workspace.Tokens;

/// <summary>The tokens that the workspace issues for services.</summary>
public sealed record TokenOptions
{
    /// <summary>How long a token is valid; callers should get a new one after half of it. Default 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a key signs before the next one does. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a new key is published before it signs, so that every gateway has it by then. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan PublishAhead { get; set; } = TimeSpan.FromHours(1);
}
