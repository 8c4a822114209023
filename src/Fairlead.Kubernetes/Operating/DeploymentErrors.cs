using System.Globalization;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Manifests;
using Fairlead.Kubernetes.Resources;

namespace Fairlead.Kubernetes.Operating;

/// <summary>The error documents of a deployment into a cluster (§1.7).</summary>
internal static class DeploymentErrors
{
    public static ErrorDocument Of(ScoringServiceResource service, PodTrouble trouble)
    {
        var name = service.Metadata.Name;
        var logs = $"kubectl -n {service.Metadata.NamespaceProperty} logs {trouble.Pod}";
        return trouble.Kind switch
        {
            PodTroubleKind.Unschedulable => new ErrorDocument(
                ErrorCodes.Unschedulable, 400,
                $"Couldn't schedule service '{name}': no node has room for a replica, which asks for {Asked(service.Spec)}. "
                + "Ask for less, make room, or add nodes.",
                [new ErrorDetail(ErrorCodes.Unschedulable, $"Pod {trouble.Pod}: {trouble.Message}", trouble.Pod)]),
            PodTroubleKind.ImagePull => Failed(
                $"The image of service '{name}' cannot be pulled. Check its name, and 'imagePullSecrets' when the registry wants credentials.",
                new ErrorDetail(ErrorCodes.ImagePullBackOff, $"Pod {trouble.Pod}: {trouble.Reason}: {trouble.Message}", trouble.Pod)),
            PodTroubleKind.Preparation => Failed(
                $"The files of service '{name}' could not be put in place. The whole log: {logs} -c {Names.PrepareContainer}",
                new ErrorDetail(
                    trouble.Message.Contains(ErrorCodes.DigestMismatch, StringComparison.Ordinal) ? ErrorCodes.DigestMismatch : ErrorCodes.DownloadFailed,
                    $"Pod {trouble.Pod}: {LastLines(trouble)}", trouble.Pod)),
            PodTroubleKind.OutOfMemory => Failed(
                $"Service '{name}' needs more memory than its limit of {Memory(service.Spec)}: a replica was ended by the system. "
                + "Raise memoryInGBLimit (memory_gb_limit), or load less in init().",
                new ErrorDetail(ErrorCodes.OutOfMemory, $"Pod {trouble.Pod} was ended for using too much memory. {LastLines(trouble)}", trouble.Pod)),
            PodTroubleKind.LivenessProbe => Failed(
                $"Replicas of service '{name}' did not answer the liveness probe and were started again. See: {logs} --previous",
                new ErrorDetail(ErrorCodes.LivenessProbeFailed, $"Pod {trouble.Pod}: started again {Times(trouble.Restarts)}. {LastLines(trouble)}", trouble.Pod)),
            PodTroubleKind.Configuration => Failed(
                $"A replica of service '{name}' cannot be made as asked: {trouble.Message}",
                new ErrorDetail(ErrorCodes.InvalidPod, $"Pod {trouble.Pod}: {trouble.Reason}: {trouble.Message}", trouble.Pod)),
            PodTroubleKind.Crash => Failed(
                $"The replicas of service '{name}' crashed while they started, which may be caused by init() of the entry script. "
                + $"Try it locally with 'fairlead scoring run'. The whole log: {logs} --previous",
                new ErrorDetail(
                    ErrorCodes.CrashLoopBackOff,
                    $"Pod {trouble.Pod} ended with exit code {Text(trouble.ExitCode)}, {Times(trouble.Restarts + 1)}. {LastLines(trouble)}",
                    trouble.Pod)),
        };
    }

    /// <summary>The cluster refuses to make pods: a quota, an admission rule, an account that is missing.</summary>
    public static ErrorDocument PodsRefused(ScoringServiceResource service, string message) => Failed(
        $"The cluster refuses the pods of service '{service.Metadata.Name}', which ask for {Asked(service.Spec)}: {message}",
        new ErrorDetail(ErrorCodes.InvalidPod, message, service.Metadata.Name));

    public static ErrorDocument TimedOut(ScoringServiceResource service, string? what) => new(
        ErrorCodes.DeploymentTimedOut, 504,
        $"Timed out waiting for service '{service.Metadata.Name}' to become ready. pollTimeout : "
        + TimeSpan.FromSeconds(DeploymentManifest.ProgressDeadlineSeconds).ToString("c", CultureInfo.InvariantCulture),
        what is null ? [] : [new ErrorDetail(ErrorCodes.DeploymentTimedOut, what, service.Metadata.Name)]);

    public static ErrorDocument Invalid(IReadOnlyList<ErrorDetail> problems) => new(
        ErrorCodes.InvalidArgument, 400, string.Join("; ", problems.Select(problem => problem.Message)) + ".", problems);

    public static ErrorDocument NameTaken(string what) => ErrorDocument.Of(
        ErrorCodes.ServiceAlreadyExists, 409,
        $"{what} is there already and does not belong to this service. Rename the service, or remove that object.");

    public static ErrorDocument Refused(string message) => ErrorDocument.Of(
        ErrorCodes.DeploymentFailed, 400, $"The cluster refuses an object of the service: {message}");

    /// <summary>What a replica asks for, in words.</summary>
    public static string Asked(ScoringServiceResourceSpec spec)
    {
        var asked = spec.Resources;
        var parts = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"{asked.Cpu} CPU"),
            string.Create(CultureInfo.InvariantCulture, $"{asked.MemoryInGB} GB of memory"),
        };
        if (asked.Gpu is > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{asked.Gpu} {spec.GpuResource}"));
        }

        parts.AddRange(spec.ExtraResources.Select(pair => $"{pair.Value} {pair.Key}"));
        if (spec.NodeSelector.Count > 0)
        {
            parts.Add("a node with " + string.Join(", ", spec.NodeSelector.Select(pair => $"{pair.Key}={pair.Value}")));
        }

        return string.Join(", ", parts);
    }

    private static ErrorDocument Failed(string message, ErrorDetail detail) => new(ErrorCodes.DeploymentFailed, 400, message, [detail]);

    private static string Memory(ScoringServiceResourceSpec spec) => spec.Resources.MemoryInGBLimit is { } limit
        ? string.Create(CultureInfo.InvariantCulture, $"{limit} GB")
        : "the node";

    private static string LastLines(PodTrouble trouble) =>
        trouble.Message.Length == 0 ? "It wrote no log." : "The end of its log:\n" + trouble.Message;

    private static string Times(int count) => count == 1 ? "once" : Text(count) + " times";

    private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
}
