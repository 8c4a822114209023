using Fairlead.Kubernetes.Resources;

namespace Fairlead.Kubernetes;

/// <summary>The names of everything we put into a cluster: objects, labels, annotations, ports, folders.</summary>
public static class Names
{
    /// <summary>Field manager of server-side apply.</summary>
    public const string FieldManager = "fairlead";

    /// <summary>Namespace of our own roles.</summary>
    public const string SystemNamespace = "fairlead-system";

    /// <summary>On every object that an attachment has made, with the attachment's id.</summary>
    public const string AttachmentAnnotation = ScoringServiceResource.Group + "/attachment";

    /// <summary>On every object of a service, with the service's name.</summary>
    public const string ServiceLabel = ScoringServiceResource.Group + "/service";

    /// <summary>On a service of a workspace: the workspace's own count of its changes.</summary>
    public const string GenerationAnnotation = ScoringServiceResource.Group + "/generation";

    /// <summary>On pods: short hash of everything that makes pods be replaced.</summary>
    public const string RevisionLabel = ScoringServiceResource.Group + "/revision";

    /// <summary>On pods of our own roles, with the role's name.</summary>
    public const string RoleLabel = ScoringServiceResource.Group + "/role";

    public const string GatewayRole = "gateway";
    public const string ManagedByLabel = "app.kubernetes.io/managed-by";
    public const string ManagedBy = "fairlead";

    /// <summary>The labels by which v1's tools found the Deployments of services (§4.7).</summary>
    public const string LegacyLabel = "isazuremlapp";
    public const string LegacyNameLabel = "azuremlappname";

    public const string ScoringContainer = "scoring";
    public const string PrepareContainer = "prepare";
    public const string ScoringPortName = "scoring";
    public const int ScoringPort = 5001;

    /// <summary>Where the scoring host lies in every replica.</summary>
    public const string HostFolder = "/fairlead";
    public const string AppFolder = "/var/azureml-app";
    public const string ModelsFolder = AppFolder + "/azureml-models";

    /// <summary>The scoring host in our own image.</summary>
    public const string ImageScoringHost = "/opt/fairlead/scoring/fairlead-scoring";

    /// <summary>Deployment, NetworkPolicy and PodDisruptionBudget are named as the service (§4.7).</summary>
    public static string Deployment(ScoringServiceResource service) => service.Metadata.Name;

    public static string KeysSecret(ScoringServiceResource service) =>
        service.Spec.KeysSecret ?? KeysSecret(service.Metadata.Name);

    /// <summary>The Secret that holds a service's keys when its spec names none.</summary>
    public static string KeysSecret(string service) => service + "-keys";

    public static string Selector(string service) => $"{ServiceLabel}={service}";
}
