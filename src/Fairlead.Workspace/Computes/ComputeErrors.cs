using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Computes;

/// <summary>Refusals of requests about compute targets.</summary>
internal static class ComputeErrors
{
    public static FairleadException NotFound(string? name, IEnumerable<string> known) => new(new ErrorDocument(
        ErrorCodes.ComputeNotFound,
        404,
        $"There is no compute target '{name}'. This workspace has: {string.Join(", ", known)}.",
        [new ErrorDetail(ErrorCodes.ComputeNotFound, "does not exist", "computeName")]));

    /// <summary>A workspace without local compute was asked to run something itself.</summary>
    public static FairleadException NoLocal(IEnumerable<string> attached) => new(new ErrorDocument(
        ErrorCodes.NotSupported,
        400,
        "This server runs no services itself ('fairleadd workspace' has no local compute, 'fairleadd up' has). "
        + (attached.Order().ToList() is { Count: > 0 } names
            ? $"Name an attached cluster (--compute-target): {string.Join(", ", names)}."
            : "Attach a cluster first (fairlead computetarget attach), then name it with --compute-target."),
        [new ErrorDetail(ErrorCodes.NotSupported, "names no attached cluster", "computeName")]));

    public static FairleadException Busy(string name, string operation) => new(
        ErrorCodes.ComputeBusy,
        409,
        $"Another operation ('{operation}') runs on compute target '{name}'. Wait for it to end, then try again.");

    public static FairleadException InUse(string name, IReadOnlyList<string> services) => new(
        ErrorCodes.ComputeInUse,
        409,
        $"Services run on compute target '{name}': {string.Join(", ", services)}. Delete them first (fairlead service delete), or, "
        + $"when the cluster is gone for good, forget both: fairlead computetarget detach -n {name} --force.");

    public static FairleadException BuiltIn(string name) => new(
        ErrorCodes.InvalidArgument, 400, $"'{name}' is the server's own compute target; it cannot be attached, changed or detached.");

    public static FairleadException NotCreatedHere(string name) => new(
        ErrorCodes.NotSupported,
        400,
        $"The cluster of compute target '{name}' was not made by this workspace, so it is not deleted. "
        + $"Detach it (fairlead computetarget detach -n {name}), then delete it where it was made.");

    /// <summary>Every check that failed, with what to do.</summary>
    public static FairleadException Preflight(PreflightReport report)
    {
        var failures = report.Failures.ToList();
        return new FairleadException(new ErrorDocument(
            ErrorCodes.PreflightFailed,
            400,
            "The cluster cannot be attached as it is: " + string.Join(" ", failures.Select(check => $"{check.Message} {check.Fix}".TrimEnd())),
            [.. failures.Select(check => new ErrorDetail(ErrorCodes.PreflightFailed, $"{check.Message} {check.Fix}".TrimEnd(), check.Name))]));
    }
}
