using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Replicas;

namespace Fairlead.LocalCompute.Rollouts;

/// <summary>The error documents of a rollout that failed (§1.7).</summary>
internal static class DeploymentErrors
{
    public const int LogLines = 30;
    private const int BootFailure = 3;

    public static ErrorDocument Of(
        ScoringService service, ReplicaSnapshot replica, ReplicaFailure failure, IReadOnlyList<string> log, TimeSpan startTimeout)
    {
        var life = LastLife(log);
        var last = life.Count == 0 ? "It wrote no log." : "The end of its log:\n" + string.Join('\n', life);
        var name = service.Name;
        return failure.Kind switch
        {
            ReplicaFailureKind.StartTimedOut => new ErrorDocument(
                ErrorCodes.DeploymentTimedOut, 504,
                Text($"Timed out waiting for service '{name}' to become ready. pollTimeout : {startTimeout}. See what init() of the entry ")
                + $"script waits for: fairlead service get-logs --name {name}",
                [new ErrorDetail(ErrorCodes.DeploymentTimedOut, $"Replica {replica.Id} did not answer. {last}", replica.Id)]),
            ReplicaFailureKind.OutOfMemory => Failed(
                Text($"Service '{name}' needs more memory than its limit of {service.Spec.Resources.MemoryInGBLimit} GB: a replica was ended ")
                + "by the system. Raise memoryInGBLimit (memory_gb_limit), or load less in init().",
                new ErrorDetail(ErrorCodes.OutOfMemory, $"Replica {replica.Id}: {failure.Summary}. {last}", replica.Id)),
            ReplicaFailureKind.CouldNotStart => Failed(
                $"Service '{name}' cannot be started. {failure.Summary}",
                new ErrorDetail(ErrorCodes.CrashLoopBackOff, failure.Summary, replica.Id)),
            ReplicaFailureKind.LivenessProbeFailed => Failed(
                $"Replicas of service '{name}' stopped answering the liveness probe. See: fairlead service get-logs --name {name}",
                new ErrorDetail(ErrorCodes.LivenessProbeFailed, $"Replica {replica.Id}: {failure.Summary}. {last}", replica.Id)),
            ReplicaFailureKind.Crashed => Failed(
                $"The replicas of service '{name}' crashed while they started. {Hint(failure, service)} The whole log: "
                + $"fairlead service get-logs --name {name}",
                new ErrorDetail(
                    ErrorCodes.CrashLoopBackOff,
                    Text($"Replica {replica.Id} ended with exit code {failure.ExitCode}, {replica.FailedStarts} times in a row. {last}"),
                    replica.Id)),
        };
    }

    /// <summary>What an unforeseen exception in the preparation becomes; the exception itself is for the server's log.</summary>
    public static ErrorDocument Unexpected(string service) => ErrorDocument.Of(
        ErrorCodes.InternalServerError, 500,
        $"An internal server error occurred while service '{service}' was prepared. Please try again; the server's log says more.");

    // The lines since the start before the last restart: each failed start says the same, and once is enough.
    private static List<string> LastLife(IReadOnlyList<string> log)
    {
        var lines = log.Reverse().SkipWhile(IsOurs).TakeWhile(line => !IsOurs(line)).ToList();
        lines.Reverse();
        return lines;

        static bool IsOurs(string line) => line.StartsWith(Replica.LogMark, StringComparison.Ordinal);
    }

    private static ErrorDocument Failed(string message, ErrorDetail detail) =>
        new(ErrorCodes.DeploymentFailed, 400, message, [detail]);

    private static string Hint(ReplicaFailure failure, ScoringService service) => failure.ExitCode switch
    {
        BootFailure when service.Spec.EntryScript is { } script =>
            $"This is most often an error in init() of '{script}', or a package it imports that the environment lacks: run "
            + "init() on your own machine first.",
        BootFailure => "The model cannot be loaded: see that it is of the framework it was registered with.",
        > 128 => Text($"The process was ended by signal {failure.ExitCode - 128}."),
        _ => "See the end of the log below.",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
