using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Operating;
using k8s.Models;

namespace Fairlead.Kubernetes.Preflight;

/// <summary>The checks from inside: a pod of Fairlead's own image that lives for a moment.</summary>
internal sealed class PreflightPod(ClusterClient client, ClusterAttachment attachment, TimeProvider time)
{
    public const string Verb = "reach";

    private const string Namespace = "default";
    private const string From = "cluster";
    private const string InClusterName = "kubernetes.default.svc:443";
    private const long UserId = 10001;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public async Task<IReadOnlyList<PreflightCheck>> RunAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        string[] targets = [attachment.WorkspaceUrl + Routes.Health, InClusterName, .. hosts];
        V1Pod? pod = null;
        var begun = time.GetUtcNow();
        try
        {
            pod = await client.CreateAsync(ApiKinds.Pods, Build(targets), cancellationToken);
            var (ended, failure) = await UntilEndedAsync(pod.Metadata.Name, cancellationToken);
            return failure is not null ? [failure] : Read(await LogAsync(ended, cancellationToken), begun);
        }
        catch (ClusterException exception)
        {
            return [new("Attach", "pod", From, PreflightOutcome.Fail, $"A pod for the checks from inside cannot be made: {exception.Message}",
                "See the policies and quotas of namespace 'default'.")];
        }
        finally
        {
            if (pod is not null)
            {
                await client.DeleteAsync(ApiKinds.Pods, Namespace, pod.Metadata.Name, CancellationToken.None);
            }
        }
    }

    private IReadOnlyList<PreflightCheck> Read(string log, DateTimeOffset begun)
    {
        var line = log.Split('\n').LastOrDefault(line => line.StartsWith('{'));
        if (line is null || JsonSerializer.Deserialize<HostReport>(line, Web) is not { } report)
        {
            return [new("Attach", "pod", From, PreflightOutcome.Fail, $"'{attachment.Image}' does not answer as Fairlead's image: {log.Trim()}",
                "Give Fairlead's own image, of this version, with --image.")];
        }

        return
        [
            new("Attach", "registry", From, PreflightOutcome.Pass, $"A node has pulled and started {attachment.Image}."),
            ClusterPreflight.ClockCheck("clock", From, SkewOf(report.Time, begun, time.GetUtcNow()), "the node"),
            ClusterPreflight.OfHost(report.Results[0], "workspace", From, isNeeded: true),
            ClusterPreflight.OfHost(report.Results[1], "cluster-dns", From, isNeeded: false),
            .. report.Results.Skip(2).Select(result => ClusterPreflight.OfHost(result, "host", From, isNeeded: true)),
        ];
    }

    // The pod told its time some time between these two: within them nothing is known to be wrong.
    private static TimeSpan SkewOf(DateTimeOffset told, DateTimeOffset begun, DateTimeOffset ended) =>
        told < begun ? told - begun : told > ended ? told - ended : TimeSpan.Zero;

    private async Task<(V1Pod Pod, PreflightCheck? Failure)> UntilEndedAsync(string name, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        while (true)
        {
            var pod = await client.FindAsync(ApiKinds.Pods, Namespace, name, cancellationToken)
                ?? throw new ClusterException(System.Net.HttpStatusCode.NotFound, "NotFound", $"pod {name} has been removed");
            if (PodFacts.HasEnded(pod))
            {
                return (pod, null);
            }

            var trouble = PodFacts.FindTrouble(pod);
            if (trouble is { Kind: PodTroubleKind.ImagePull, Reason: not "ErrImagePull" })
            {
                return (pod, new("Attach", "registry", From, PreflightOutcome.Fail,
                    $"The cluster cannot pull '{attachment.Image}': {trouble.Reason}: {trouble.Message}",
                    "Give an image that its nodes can pull with --image (eng/images.sh builds and pushes one)."));
            }

            if (limit.IsCancellationRequested)
            {
                return (pod, new("Attach", "pod", From, PreflightOutcome.Fail,
                    $"A pod did not run within {Limit.TotalSeconds} s: {trouble?.Reason ?? pod.Status?.Phase}: {trouble?.Message}",
                    "See kubectl get nodes, and the quotas of namespace 'default'."));
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<string> LogAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        using var response = await client.OpenAsync(
            $"api/v1/namespaces/{Namespace}/pods/{pod.Metadata.Name}/log?tailLines=50", cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private V1Pod Build(string[] targets) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta
        {
            GenerateName = "fairlead-preflight-",
            NamespaceProperty = Namespace,
            Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy, [Names.RoleLabel] = "preflight" },
        },
        Spec = new V1PodSpec
        {
            RestartPolicy = "Never",
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            TerminationGracePeriodSeconds = 0,
            ActiveDeadlineSeconds = (long)Limit.TotalSeconds,
            SecurityContext = new V1PodSecurityContext
            {
                RunAsNonRoot = true,
                RunAsUser = UserId,
                RunAsGroup = UserId,
                SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" },
            },
            Containers =
            [
                new V1Container
                {
                    Name = "reach",
                    Image = attachment.Image,
                    Args = [Verb, .. targets],
                    Env = [new V1EnvVar { Name = "DOTNET_EnableDiagnostics", Value = "0" }],
                    Resources = new V1ResourceRequirements
                    {
                        Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("10m"), ["memory"] = new("64Mi") },
                        Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("256Mi") },
                    },
                    SecurityContext = new V1SecurityContext
                    {
                        AllowPrivilegeEscalation = false,
                        ReadOnlyRootFilesystem = true,
                        Capabilities = new V1Capabilities { Drop = ["ALL"] },
                    },
                },
            ],
        },
    };
}
