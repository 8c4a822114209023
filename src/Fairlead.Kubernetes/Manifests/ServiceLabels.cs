using Fairlead.Kubernetes.Resources;
using k8s.Models;

namespace Fairlead.Kubernetes.Manifests;

/// <summary>The metadata that every object of a service has.</summary>
internal static class ServiceLabels
{
    /// <summary>The labels that select a service's pods; they never change.</summary>
    public static Dictionary<string, string> Selector(ScoringServiceResource service) => new()
    {
        [Names.ServiceLabel] = service.Metadata.Name,
    };

    public static Dictionary<string, string> All(ScoringServiceResource service) => new()
    {
        [Names.ServiceLabel] = service.Metadata.Name,
        [Names.ManagedByLabel] = Names.ManagedBy,
        [Names.LegacyLabel] = "true",
        [Names.LegacyNameLabel] = service.Metadata.Name,
    };

    /// <summary>Metadata of an object that goes when the service goes.</summary>
    public static V1ObjectMeta Owned(ScoringServiceResource service, string name) => new()
    {
        Name = name,
        NamespaceProperty = service.Metadata.NamespaceProperty,
        Labels = All(service),
        OwnerReferences =
        [
            new V1OwnerReference
            {
                ApiVersion = service.ApiVersion,
                Kind = service.Kind,
                Name = service.Metadata.Name,
                Uid = service.Metadata.Uid,
                Controller = true,
                BlockOwnerDeletion = true,
            },
        ],
    };
}
