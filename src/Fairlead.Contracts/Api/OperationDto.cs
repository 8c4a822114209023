using System.Text.Json.Serialization;
using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Api;

/// <summary>A long operation: AsyncOperationStatus of §6.2.</summary>
public sealed record OperationDto
{
    public required string Id { get; init; }

    /// <summary><c>Service</c> for create and update, <c>DeleteService</c>; <c>Compute</c> for attach and update,
    /// <c>DetachCompute</c>.</summary>
    public required string OperationType { get; init; }

    public required OperationState State { get; init; }

    public required DateTimeOffset CreatedTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Why it failed (§1.7); null otherwise.</summary>
    public ErrorDocument? Error { get; init; }

    /// <summary>Path of what it works on.</summary>
    public string? ResourceLocation { get; init; }

    /// <summary>What is being done now, for progress displays.</summary>
    public string? Activity { get; init; }
}

/// <summary>States of an operation (§6.2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OperationState>))]
public enum OperationState
{
    NotStarted,
    Running,
    Cancelled,
    Succeeded,
    Failed,
    TimedOut,
}
