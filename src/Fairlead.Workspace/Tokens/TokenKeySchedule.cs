namespace Fairlead.Workspace.Tokens;

/// <summary>Which key signs, which are published, and when the next one is due: a pure function of the keys and the time.</summary>
internal static class TokenKeySchedule
{
    /// <summary>How far clocks may differ: a key is published as long after its last token.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The key that signs now; null when there is none yet.</summary>
    public static TokenKeyRow? Signing(IEnumerable<TokenKeyRow> keys, DateTimeOffset now) =>
        keys.Where(key => key.SignsFrom <= now).MaxBy(key => (key.SignsFrom, key.Id));

    /// <summary>When a new key is to begin to sign; null while none is due.</summary>
    public static DateTimeOffset? NextSignsFrom(IReadOnlyCollection<TokenKeyRow> keys, DateTimeOffset now, TokenOptions options)
    {
        if (keys.Count == 0)
        {
            return now;
        }

        var due = keys.Max(key => key.SignsFrom) + options.KeyLifetime;
        var earliest = now + options.PublishAhead;
        return due > earliest ? null : earliest;
    }

    /// <summary>Keys whose last token has ended.</summary>
    public static IReadOnlyList<TokenKeyRow> Ended(IEnumerable<TokenKeyRow> keys, DateTimeOffset now, TokenOptions options)
    {
        var ordered = keys.OrderBy(key => (key.SignsFrom, key.Id)).ToList();
        return [.. ordered.Zip(ordered.Skip(1))
            .Where(pair => pair.Second.SignsFrom + options.Lifetime + ClockSkew < now)
            .Select(pair => pair.First)];
    }
}
