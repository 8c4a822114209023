namespace Fairlead.Client.Services;

/// <summary>Which services to list; null members do not filter.</summary>
public sealed record ServiceFilter
{
    public string? ComputeType { get; init; }

    public string? ModelName { get; init; }

    public string? ModelId { get; init; }

    /// <summary><c>key=value</c>, or <c>key</c> for any value; all must hold.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>As <see cref="Tags"/>.</summary>
    public IReadOnlyList<string>? Properties { get; init; }
}
