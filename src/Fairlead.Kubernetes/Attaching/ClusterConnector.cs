using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Storage;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Installing;
using Fairlead.Kubernetes.Preflight;
using Fairlead.Kubernetes.Targets;
using k8s;
using k8s.Exceptions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Kubernetes.Attaching;

/// <summary>Attaches Kubernetes clusters to a workspace.</summary>
/// <param name="open">How a cluster is reached by the text of a kubeconfig.</param>
/// <param name="logFolder">Where the logs of pods are kept.</param>
internal sealed class ClusterConnector(
    Func<string, ClusterClient> open, string logFolder, IBlobSource blobs, IBlobLinks links, TimeProvider time, ILoggerFactory logs) : IClusterConnector
{
    public static ClusterClient Open(string kubeconfig) => new(Kubeconfig.Read(kubeconfig));

    public string ReadKubeconfig(string? kubeconfig, string? context)
    {
        if (!string.IsNullOrEmpty(kubeconfig))
        {
            return Kubeconfig.Reduce(kubeconfig, context);
        }

        return KubernetesClientConfiguration.IsInCluster() ? "" : throw new FairleadException(new ErrorDocument(
            ErrorCodes.InvalidArgument, 400,
            "'kubeconfig' is missing, and the workspace does not run in a cluster that could be meant. Give --kubeconfig FILE.",
            [new ErrorDetail(ErrorCodes.InvalidArgument, "is needed here", "kubeconfig")]));
    }

    public Task<PreflightReport> CheckAsync(
        ClusterAttachment attachment, PreflightOptions options, CancellationToken cancellationToken) =>
        WithAsync(attachment, client => new ClusterPreflight(client, attachment, time).RunAsync(options, cancellationToken));

    public Task<ClusterFacts> InstallAsync(
        ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken) =>
        WithAsync(attachment, async client =>
        {
            await Installer(client).InstallAsync(attachment, progress, cancellationToken);
            return await FactsAsync(client, attachment, progress, cancellationToken);
        });

    public Task<IReadOnlyList<string>> ListInstalledAsync(ClusterAttachment attachment, CancellationToken cancellationToken) =>
        WithAsync(attachment, async client =>
            (IReadOnlyList<string>)[.. (await Installer(client).ListAsync(attachment, cancellationToken)).Select(address => address.ToString())]);

    public Task UninstallAsync(ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken) =>
        WithAsync(attachment, async client =>
        {
            await Installer(client).UninstallAsync(attachment, progress, cancellationToken);
            return true;
        });

    public IComputeTarget Open(ClusterAttachment attachment, ClusterFacts facts) => new ClusterTarget(
        open(attachment.Kubeconfig), attachment, facts, blobs, links, Path.Combine(logFolder, attachment.Id), time, logs);

    private static async Task<ClusterFacts> FactsAsync(
        ClusterClient client, ClusterAttachment attachment, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        await progress("Looking at what runs now...");
        var features = await client.DiscoverAsync(cancellationToken);
        var nodes = await client.ListAsync(ApiKinds.Nodes, new ListQuery(), cancellationToken);
        var gateway = await GatewayAddress.FindServiceAsync(client, cancellationToken);
        return new ClusterFacts
        {
            ApiServer = Kubeconfig.ServerOf(attachment.Kubeconfig),
            KubernetesVersion = features.Version,
            Nodes = NodeRules.Usable(nodes.Items).Count,
            GatewayUrl = gateway is null ? "" : await GatewayAddress.FindAsync(client, gateway, attachment.Tls, cancellationToken) ?? "",
        };
    }

    private ClusterInstaller Installer(ClusterClient client) => new(client, time, logs.CreateLogger<ClusterInstaller>());

    private async Task<T> WithAsync<T>(ClusterAttachment attachment, Func<ClusterClient, Task<T>> work)
    {
        try
        {
            using var client = open(attachment.Kubeconfig);
            return await work(client);
        }
        catch (KubeConfigException exception)
        {
            throw new FairleadException(ErrorCodes.InvalidArgument, 400, $"The kubeconfig cannot be used: {exception.Message}", exception);
        }
        catch (HttpRequestException exception)
        {
            throw new FairleadException(
                ErrorCodes.ClusterUnreachable, 502,
                $"The API server of compute target '{attachment.Name}' does not answer: {exception.InnerException?.Message ?? exception.Message}",
                exception);
        }
        catch (ClusterException exception)
        {
            throw new FairleadException(
                ErrorCodes.InstallationFailed, 400,
                $"The API server of compute target '{attachment.Name}' refused a step: {exception.Message}", exception);
        }
    }
}
