namespace Fairlead.Client.Models;

/// <summary>Which models to list; null members do not filter.</summary>
public sealed record ModelFilter
{
    public string? Name { get; init; }

    public string? Framework { get; init; }

    /// <summary><c>key=value</c>, or <c>key</c> for any value; all must hold.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>As <see cref="Tags"/>.</summary>
    public IReadOnlyList<string>? Properties { get; init; }

    public string? RunId { get; init; }

    /// <summary>Only the newest version of each name.</summary>
    public bool Latest { get; init; }
}
