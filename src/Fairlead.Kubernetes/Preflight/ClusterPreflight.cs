using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Attaching;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Installing;
using k8s.Models;
using static Fairlead.Contracts.Computes.PreflightOutcome;

namespace Fairlead.Kubernetes.Preflight;

/// <summary>Checks a cluster, in the order in which things are needed. Nothing that is found is an exception.</summary>
internal sealed class ClusterPreflight(ClusterClient client, ClusterAttachment attachment, TimeProvider time)
{
    private const string Attach = "Attach";
    private const string GatewayStart = "GatewayStart";
    private const string Deployment = "Deployment";
    private const string Here = "workspace";
    private const int OldestMinor = 20;

    /// <summary>Leases and tokens go wrong beyond this.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    private readonly List<PreflightCheck> _checks = [];

    public async Task<PreflightReport> RunAsync(PreflightOptions options, CancellationToken cancellationToken)
    {
        foreach (var host in options.Hosts)
        {
            HostProbe.Parse(host);
        }

        var reached = await CheckApiServerAsync(cancellationToken);
        if (reached)
        {
            await CheckPermissionsAsync(cancellationToken);
            await CheckOwnerAsync(cancellationToken);
            await CheckNodesAsync(cancellationToken);
            await CheckAutoscalersAsync(cancellationToken);
            await CheckGatewayAsync(cancellationToken);
        }
        else
        {
            Add(Attach, "permissions, owner, nodes", Here, Skip, "The API server could not be asked.");
        }

        CheckWorkspaceUrl();
        await CheckHostsAsync(options.Hosts, cancellationToken);
        if (reached && options.FromCluster && !_checks.Any(check => check is { Stage: Attach, Outcome: Fail }))
        {
            _checks.AddRange(await new PreflightPod(client, attachment, time).RunAsync(options.Hosts, cancellationToken));
        }

        return new PreflightReport(_checks);
    }

    private async Task<bool> CheckApiServerAsync(CancellationToken cancellationToken)
    {
        var server = Kubeconfig.ServerOf(attachment.Kubeconfig);
        var host = new Uri(server).IdnHost;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            Add(Attach, "resolve", Here, Pass, $"{host}: {string.Join(", ", addresses.Select(address => address.ToString()))}");
            var started = time.GetTimestamp();
            using var response = await client.OpenAsync("version", cancellationToken);
            var version = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(cancellationToken));
            var name = version.GetProperty("gitVersion").GetString()!;
            Add(Attach, "api-server", Here, Pass, string.Create(
                CultureInfo.InvariantCulture, $"{server} answers in {time.GetElapsedTime(started).TotalMilliseconds:0} ms: Kubernetes {name}"));
            CheckVersion(version, name);
            CheckClock(response.Headers.Date);
            return true;
        }
        catch (SocketException exception)
        {
            Add(Attach, "resolve", Here, Fail, $"'{host}' cannot be resolved: {exception.Message}",
                "See the DNS of this machine; a private cluster needs a workspace inside its network.");
        }
        catch (ClusterException exception) when (exception.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            Add(Attach, "api-server", Here, Fail, $"{server} refuses the credentials of the kubeconfig: {exception.Message}",
                "Give a kubeconfig whose certificate or token is valid still, of a cluster administrator.");
        }
        catch (Exception exception) when (exception is ClusterException or HttpRequestException)
        {
            Add(Attach, "api-server", Here, Fail, $"{server} does not answer: {exception.InnerException?.Message ?? exception.Message}",
                "See that the address is right, and that firewalls and authorised address ranges let this machine through.");
        }

        return false;
    }

    private void CheckVersion(JsonElement version, string name)
    {
        var minor = version.GetProperty("minor").GetString()!.TrimEnd('+');
        if (int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < OldestMinor)
        {
            Add(Attach, "version", Here, Fail, $"Kubernetes {name} is older than 1.{OldestMinor}.", "Upgrade the cluster.");
        }
    }

    private void CheckClock(DateTimeOffset? date)
    {
        if (date is { } there)
        {
            // The header has whole seconds.
            Add(ClockCheck("clock", Here, there - time.GetUtcNow(), "the API server"));
        }
    }

    internal static PreflightCheck ClockCheck(string name, string from, TimeSpan skew, string whose)
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(skew.TotalSeconds):0.0} s");
        return skew.Duration() <= MostSkew
            ? new(Attach, name, from, Pass, $"The clocks of {whose} and of this machine are {seconds} apart.")
            : new(Attach, name, from, Fail, $"The clock of {whose} is {seconds} {(skew > TimeSpan.Zero ? "ahead" : "behind")}; tokens and leases need less than {MostSkew.TotalSeconds} s.",
                "Let both keep time by NTP.");
    }

    private async Task CheckPermissionsAsync(CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var permission in Permission.Needed)
        {
            var review = await client.AskAsync("apis/authorization.k8s.io/v1/selfsubjectaccessreviews", new V1SelfSubjectAccessReview
            {
                ApiVersion = "authorization.k8s.io/v1",
                Kind = "SelfSubjectAccessReview",
                Spec = new V1SelfSubjectAccessReviewSpec
                {
                    ResourceAttributes = new V1ResourceAttributes
                    {
                        Verb = permission.Verb,
                        Group = permission.Group,
                        Resource = permission.Resource,
                        Subresource = permission.Subresource,
                    },
                },
            }, cancellationToken);
            if (review.Status?.Allowed != true)
            {
                missing.Add(permission.ToString());
            }
        }

        if (missing.Count == 0)
        {
            Add(Attach, "permissions", Here, Pass, $"All {Permission.Needed.Count} that are needed.");
        }
        else
        {
            Add(Attach, "permissions", Here, Fail, $"The credentials may not: {string.Join(", ", missing)}.",
                "Use the kubeconfig of a cluster administrator (for AKS: az aks get-credentials --admin).");
        }
    }

    private async Task CheckOwnerAsync(CancellationToken cancellationToken)
    {
        var marker = await client.FindAsync(ApiKinds.ConfigMaps, Names.SystemNamespace, AttachmentMarker.Name, cancellationToken);
        if (marker is null)
        {
            Add(Attach, "owner", Here, Pass, "No workspace has attached the cluster.");
        }
        else if (AttachmentMarker.IsOf(marker, attachment))
        {
            Add(Attach, "owner", Here, Pass, "The cluster is attached as this compute target.");
        }
        else
        {
            Add(Attach, "owner", Here, Fail, $"The cluster is attached already, as {AttachmentMarker.Describe(marker)}.", AttachmentMarker.Fix(marker));
        }
    }

    private async Task CheckNodesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var nodes = (await client.ListAsync(ApiKinds.Nodes, new ListQuery(), cancellationToken)).Items;
            var usable = NodeRules.Usable(nodes);
            Add(NodeRules.Check(usable, attachment.Purpose));
            var pods = (await client.ListAsync(ApiKinds.Pods, new ListQuery(), cancellationToken)).Items;
            var isInstalled = pods.Any(pod => pod.Metadata.NamespaceProperty == Names.SystemNamespace);
            Add(NodeRules.CheckFree(usable, pods, isInstalled ? 0 : Installation.CoresOf(attachment)));
            var families = nodes.SelectMany(node => node.Spec?.PodCIDRs ?? []).Select(range => range.Contains(':') ? "IPv6" : "IPv4").Distinct().Order().ToList();
            Add(GatewayStart, "addresses", Here, Pass, families.Count == 0
                ? "Pods get their addresses from the network plugin alone (as with Azure CNI)."
                : $"Pods have {string.Join(" and ", families)} addresses of each node's own range (as with kubenet).");
        }
        catch (ClusterException exception)
        {
            Add(Attach, "nodes", Here, Skip, exception.Message);
        }
    }

    private async Task CheckAutoscalersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var list = await client.GetAsync("apis/autoscaling/v1/horizontalpodautoscalers", cancellationToken);
            var deployments = await client.ListAsync(
                ApiKinds.Deployments, new ListQuery(null, $"{Names.ManagedByLabel}={Names.ManagedBy}"), cancellationToken);
            var ours = deployments.Items.Select(item => (item.Metadata.NamespaceProperty, item.Metadata.Name)).ToHashSet();
            var fighting = list.GetProperty("items").EnumerateArray()
                .Select(item => k8s.KubernetesJson.Deserialize<V1HorizontalPodAutoscaler>(item.GetRawText()))
                .Where(item => item.Spec.ScaleTargetRef.Kind == ScoringKind
                    || (item.Spec.ScaleTargetRef.Kind == "Deployment" && ours.Contains((item.Metadata.NamespaceProperty, item.Spec.ScaleTargetRef.Name))))
                .Select(item => $"{item.Metadata.NamespaceProperty}/{item.Metadata.Name}").ToList();
            if (fighting.Count == 0)
            {
                Add(Deployment, "autoscalers", Here, Pass, "No HorizontalPodAutoscaler targets a Deployment of ours.");
            }
            else
            {
                Add(Deployment, "autoscalers", Here, Warn, $"These target a Deployment that Fairlead scales: {string.Join(", ", fighting)}.",
                    "Remove them, or turn the services' autoscaler off.");
            }
        }
        catch (ClusterException exception)
        {
            Add(Deployment, "autoscalers", Here, Skip, exception.Message);
        }
    }

    private const string ScoringKind = Resources.ScoringServiceResource.KindName;

    private async Task CheckGatewayAsync(CancellationToken cancellationToken)
    {
        if (await GatewayAddress.FindServiceAsync(client, cancellationToken) is not { } service)
        {
            return;
        }

        if (await GatewayAddress.FindAsync(client, service, attachment.Tls, cancellationToken) is not { } url)
        {
            Add(GatewayStart, "gateway", Here, Warn, "The gateway's Service has no address yet.",
                "Give the cloud some time, or attach with --load-balancer-type NodePort or ClusterIP.");
            return;
        }

        var result = (await new HostProbe(time).RunAsync([url], cancellationToken)).Results[0];
        Add(result.Error is null
            ? new("GatewayRunning", "gateway", Here, Pass, $"{url} answers.")
            : new("GatewayRunning", "gateway", Here, Warn, $"{url} is not reached from this machine: {result.Error}",
                "Callers may still reach it; 'fairlead service run' goes through this machine."));
    }

    private void CheckWorkspaceUrl()
    {
        var host = new Uri(attachment.WorkspaceUrl).IdnHost;
        if (host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)))
        {
            Add(Attach, "workspace-url", Here, Fail, $"The workspace's address is {attachment.WorkspaceUrl}, which means every pod itself.",
                "Give the address that pods reach it at with --workspace-url, and start the server with --bind 0.0.0.0.");
        }
    }

    private async Task CheckHostsAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        var report = await new HostProbe(time).RunAsync([attachment.WorkspaceUrl + Routes.Health, .. hosts], cancellationToken);
        Add(OfHost(report.Results[0], "workspace", Here, isNeeded: false));
        foreach (var result in report.Results.Skip(1))
        {
            Add(OfHost(result, "host", Here, isNeeded: true));
        }
    }

    internal static PreflightCheck OfHost(HostResult result, string name, string from, bool isNeeded) => result.Error is null
        ? new(Deployment, name, from, Pass, string.Create(
            CultureInfo.InvariantCulture, $"{result.Target} ({string.Join(", ", result.Addresses)}) in {result.Milliseconds} ms"))
        : new(Deployment, name, from, isNeeded ? Fail : Warn, $"{result.Target} is not reached: {result.Error}", name == "workspace"
            ? "Pods download models from the workspace: give an address they reach with --workspace-url, start the server with --bind, and open the way."
            : "See DNS, firewalls and proxies on the way.");

    private void Add(PreflightCheck check) => _checks.Add(check);

    private void Add(string stage, string name, string from, PreflightOutcome outcome, string message, string? fix = null) =>
        _checks.Add(new PreflightCheck(stage, name, from, outcome, message, fix));
}
