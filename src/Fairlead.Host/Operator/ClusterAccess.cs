using Fairlead.Kubernetes.Cluster;
using k8s;
using k8s.Exceptions;

namespace Fairlead.Host.Operator;

/// <summary>How a role reaches its cluster: by a kubeconfig that was named, else from inside by its service account, else by
/// <c>KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
internal static class ClusterAccess
{
    /// <exception cref="StartupException">There is no way to a cluster, or the file cannot be used.</exception>
    public static ClusterClient Open(string? kubeconfig, string? context)
    {
        try
        {
            var configuration = kubeconfig is null && context is null && KubernetesClientConfiguration.IsInCluster()
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig, context);
            return new ClusterClient(configuration);
        }
        catch (Exception exception) when (exception is KubeConfigException or IOException)
        {
            throw new StartupException(
                ExitCodes.BadSetting,
                $"There is no way to a cluster: {exception.Message} Give --kubeconfig, or set KUBECONFIG.",
                exception);
        }
    }
}
