using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>Only gateways reach the scoring port of replicas.</summary>
internal static class NetworkPolicyManifest
{
    public static V1NetworkPolicy Build(ScoringServiceResource service, ManifestOptions options) => new()
    {
        ApiVersion = "networking.k8s.io/v1",
        Kind = "NetworkPolicy",
        Metadata = ServiceLabels.Owned(service, Names.Deployment(service)),
        Spec = new V1NetworkPolicySpec
        {
            PodSelector = new V1LabelSelector { MatchLabels = ServiceLabels.Selector(service) },
            PolicyTypes = ["Ingress"],
            Ingress =
            [
                new V1NetworkPolicyIngressRule
                {
                    FromProperty =
                    [
                        new V1NetworkPolicyPeer
                        {
                            NamespaceSelector = Namespaces(options),
                            PodSelector = new V1LabelSelector
                            {
                                MatchLabels = new Dictionary<string, string> { [Names.RoleLabel] = Names.GatewayRole },
                            },
                        },
                    ],
                    Ports = [new V1NetworkPolicyPort { Port = Names.ScoringPort, Protocol = "TCP" }],
                },
            ],
        },
    };

    // Without the label of 1.21 a namespace cannot be named, so the pods' own label has to do.
    private static V1LabelSelector Namespaces(ManifestOptions options) =>
        options is { GatewayNamespace: { } name, Features.NamespaceNameLabel: true }
            ? new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = name } }
            : new V1LabelSelector();
}
