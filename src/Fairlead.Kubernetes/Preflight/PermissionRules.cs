namespace Fairlead.Kubernetes.Preflight;

/// <summary>What the credentials of a kubeconfig must allow: to install, to run services, to read their logs.</summary>
/// <param name="Group">API group; empty for the core.</param>
internal sealed record Permission(string Verb, string Group, string Resource, string? Subresource = null)
{
    private static readonly string[] Managed = ["get", "create", "patch", "delete"];

    public static IReadOnlyList<Permission> Needed { get; } =
    [
        .. Each("", "namespaces"),
        .. Each("", "serviceaccounts"),
        .. Each("", "configmaps"),
        .. Each("", "services"),
        .. Each("", "secrets"),
        .. Each("apps", "deployments"),
        .. Each("rbac.authorization.k8s.io", "clusterroles"),
        .. Each("rbac.authorization.k8s.io", "clusterrolebindings"),
        .. Each("rbac.authorization.k8s.io", "roles"),
        .. Each("rbac.authorization.k8s.io", "rolebindings"),
        .. Each("apiextensions.k8s.io", "customresourcedefinitions"),
        .. Each("fairlead.dev", "scoringservices"),
        new("list", "fairlead.dev", "scoringservices"),
        new("watch", "fairlead.dev", "scoringservices"),
        new("list", "", "nodes"),
        new("list", "", "pods"),
        new("watch", "", "pods"),
        new("create", "", "pods"),
        new("delete", "", "pods"),
        new("get", "", "pods", "log"),
        new("delete", "coordination.k8s.io", "leases"),
    ];

    public override string ToString() =>
        $"{Verb} {Resource}{(Subresource is null ? "" : "/" + Subresource)}{(Group.Length == 0 ? "" : "." + Group)}";

    private static IEnumerable<Permission> Each(string group, string resource) =>
        Managed.Select(verb => new Permission(verb, group, resource));
}
