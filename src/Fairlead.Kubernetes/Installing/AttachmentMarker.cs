using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using k8s.Models;

namespace Fairlead.Kubernetes.Installing;

/// <summary>The object that says whose a cluster is: one cluster, one workspace (§1.9).</summary>
internal static class AttachmentMarker
{
    public const string Name = "fairlead-workspace";

    private const string Id = "attachmentId";
    private const string Workspace = "workspace";
    private const string Compute = "computeTarget";
    private const string Url = "workspaceUrl";

    public static V1ConfigMap Build(ClusterAttachment attachment) => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = new V1ObjectMeta
        {
            Name = Name,
            NamespaceProperty = Names.SystemNamespace,
            Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy },
        },
        Data = new Dictionary<string, string>
        {
            [Id] = attachment.Id,
            [Workspace] = attachment.Workspace,
            [Compute] = attachment.Name,
            [Url] = attachment.WorkspaceUrl,
        },
    };

    public static bool IsOf(V1ConfigMap marker, ClusterAttachment attachment) => Read(marker, Id) == attachment.Id;

    /// <summary>The owner, for people.</summary>
    public static string Describe(V1ConfigMap marker) =>
        $"compute target '{Read(marker, Compute)}' of workspace '{Read(marker, Workspace)}' at {Read(marker, Url)}";

    public static string Fix(V1ConfigMap marker) =>
        $"Detach it there (fairlead computetarget detach -n {Read(marker, Compute)}). If that workspace is gone for good: "
        + $"kubectl -n {Names.SystemNamespace} delete configmap {Name}";

    /// <exception cref="FairleadException"><c>ClusterAlreadyAttached</c>.</exception>
    public static void RequireOwn(V1ConfigMap? marker, ClusterAttachment attachment)
    {
        if (marker is not null && !IsOf(marker, attachment))
        {
            throw new FairleadException(
                ErrorCodes.ClusterAlreadyAttached, 409, $"The cluster is attached already, as {Describe(marker)}. {Fix(marker)}");
        }
    }

    private static string Read(V1ConfigMap marker, string key) =>
        marker.Data is { } data && data.TryGetValue(key, out var value) ? value : "";
}
