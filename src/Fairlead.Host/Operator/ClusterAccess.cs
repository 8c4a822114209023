using Fairlead.Kubernetes.Cluster;
using k8s;
using k8s.Exceptions;

namespace Fairlead.Host.Operator;

/// <summary>How a role reaches its cluster: by a kubeconfig that was named, else from inside by its service account, else by
/// <c>KUBECONFIG</c> or <c>~/.kube/config</c>.</summary>
internal static class ClusterAccess
{
    private const string Variable = "KUBECONFIG";

    /// <exception cref="StartupException">There is no way to a cluster, or the file cannot be used.</exception>
    public static ClusterClient Open(string? kubeconfig, string? context)
    {
        try
        {
            var named = kubeconfig ?? (context is null ? null : FirstFile());
            var configuration = named is not null ? KubernetesClientConfiguration.BuildConfigFromConfigFile(named, context)
                : KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig()
                : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } ? KubernetesClientConfiguration.BuildDefaultConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(DefaultFile());
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

    private static string FirstFile() =>
        Environment.GetEnvironmentVariable(Variable)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()
        ?? DefaultFile();

    private static string DefaultFile() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
}
