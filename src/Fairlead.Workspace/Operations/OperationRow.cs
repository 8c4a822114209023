using Fairlead.Contracts.Api;

namespace Fairlead.Workspace.Operations;

/// <summary>A long operation; whoever holds its lease carries it out, and after a crash the next one does.</summary>
internal sealed class OperationRow
{
    public const string DeployType = "Service";
    public const string DeleteType = "DeleteService";
    public const string AttachType = "Compute";
    public const string DetachType = "DetachCompute";

    public required string Id { get; set; }

    public required string OperationType { get; set; }

    /// <summary>The service it works on; of a compute target, <see cref="Computes.ComputeRow.Subject"/>, which no service can
    /// be called.</summary>
    public required string ServiceName { get; set; }

    /// <summary>The generation a deployment waits for.</summary>
    public long Generation { get; set; }

    public OperationState State { get; set; }

    public DateTimeOffset CreatedTime { get; set; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? EndTime { get; set; }

    public string? ErrorJson { get; set; }

    /// <summary>Who carries it out; null when nobody has begun.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>Until when the owner's claim holds unless renewed.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }
}
