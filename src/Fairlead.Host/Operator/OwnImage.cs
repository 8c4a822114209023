using Fairlead.Kubernetes.Cluster;

namespace Fairlead.Host.Operator;

/// <summary>The image that this process's own pod runs; its manifest tells the pod's name by <c>POD_NAME</c> and
/// <c>POD_NAMESPACE</c>.</summary>
internal static class OwnImage
{
    private const string Container = "operator";

    /// <exception cref="StartupException">This does not run in a pod, or the pod cannot be read.</exception>
    public static async Task<string> FindAsync(ClusterClient client, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("POD_NAME") is not { Length: > 0 } name
            || Environment.GetEnvironmentVariable("POD_NAMESPACE") is not { Length: > 0 } ns)
        {
            throw new StartupException(
                ExitCodes.BadSetting, "'--image' is missing, and this does not run in a pod that names itself by POD_NAME and POD_NAMESPACE.");
        }

        try
        {
            var pod = await client.FindAsync(ApiKinds.Pods, ns, name, cancellationToken);
            return pod?.Spec.Containers.FirstOrDefault(container => container.Name == Container)?.Image
                ?? throw new StartupException(ExitCodes.BadSetting, $"Pod {ns}/{name} has no container '{Container}'; give --image.");
        }
        catch (Exception exception) when (exception is ClusterException or HttpRequestException)
        {
            throw new StartupException(ExitCodes.Error, $"Pod {ns}/{name} cannot be read: {exception.Message}", exception);
        }
    }
}
