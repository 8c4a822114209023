using k8s.Models;
using static Fairlead.Kubernetes.Resources.SchemaBuilder;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The definition of <see cref="ScoringServiceResource"/>, in what every server from 1.20 on accepts.</summary>
public static class ScoringServiceCrd
{
    public const string Name = ScoringServiceResource.Plural + "." + ScoringServiceResource.Group;

    public static V1CustomResourceDefinition Build() => new()
    {
        ApiVersion = "apiextensions.k8s.io/v1",
        Kind = "CustomResourceDefinition",
        Metadata = new V1ObjectMeta
        {
            Name = Name,
            Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy },
        },
        Spec = new V1CustomResourceDefinitionSpec
        {
            Group = ScoringServiceResource.Group,
            Scope = "Namespaced",
            Names = new V1CustomResourceDefinitionNames
            {
                Kind = ScoringServiceResource.KindName,
                ListKind = ScoringServiceResource.KindName + "List",
                Plural = ScoringServiceResource.Plural,
                Singular = ScoringServiceResource.Singular,
                ShortNames = [ScoringServiceResource.ShortName],
                Categories = ["fairlead"],
            },
            Versions = [Version()],
        },
    };

    private static V1CustomResourceDefinitionVersion Version() => new()
    {
        Name = ScoringServiceResource.Version,
        Served = true,
        Storage = true,
        Schema = new V1CustomResourceValidation
        {
            OpenAPIV3Schema = Group("A model served as a web service.", new()
            {
                ["spec"] = SpecSchema.Build(),
                ["status"] = StatusSchema.Build(),
            }, "spec"),
        },
        Subresources = new V1CustomResourceSubresources
        {
            Status = new Dictionary<string, string>(),
            Scale = new V1CustomResourceSubresourceScale
            {
                SpecReplicasPath = ".spec.replicas",
                StatusReplicasPath = ".status.replicas",
                LabelSelectorPath = ".status.selector",
            },
        },
        AdditionalPrinterColumns =
        [
            Column("State", "string", ".status.state"),
            Column("Ready", "integer", ".status.readyReplicas"),
            Column("Desired", "integer", ".status.desiredReplicas"),
            Column("Updated", "integer", ".status.updatedReplicas"),
            Column("URL", "string", ".status.url"),
            Column("Age", "date", ".metadata.creationTimestamp"),
            Column("Error", "string", ".status.error.message", wide: true),
        ],
    };

    private static V1CustomResourceColumnDefinition Column(string name, string type, string path, bool wide = false) =>
        new() { Name = name, Type = type, JsonPath = path, Priority = wide ? 1 : null };
}
