using System.Globalization;
using System.Text;
using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Routing;
using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Installing;

/// <summary>The objects of an attachment, made from the manifests and what the user chose.</summary>
internal static class Installation
{
    private const string TlsVolume = "tls";
    private const string TlsFolder = "/etc/fairlead/tls";
    private const int GatewayHttpsPort = 8443;
    private const string PodSecurityLabel = "pod-security.kubernetes.io/enforce";

    /// <summary>Annotations by which the clouds make a load balancer internal; each leaves the others' alone.</summary>
    private static readonly Dictionary<string, string> InternalAnnotations = new()
    {
        ["service.beta.kubernetes.io/azure-load-balancer-internal"] = "true",
        ["service.beta.kubernetes.io/aws-load-balancer-scheme"] = "internal",
        ["networking.gke.io/load-balancer-type"] = "Internal",
    };

    private const string AzureSubnet = "service.beta.kubernetes.io/azure-load-balancer-internal-subnet";

    /// <summary>Every object, in the order in which things are needed.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Build(ClusterAttachment attachment, ClusterFeatures features)
    {
        var objects = Kustomization.Build(attachment.Image);
        foreach (var item in objects)
        {
            Fit(item, attachment, features);
        }

        if (attachment.Tls is { Certificate: { } certificate, Key: { } key } tls)
        {
            objects = [.. objects.TakeWhile(static item => item is not V1Deployment), TlsSecret(tls.Secret, certificate, key), .. objects.SkipWhile(static item => item is not V1Deployment)];
        }

        var isSystemFirst = objects[0] is V1Namespace { Metadata.Name: Names.SystemNamespace };
        return
        [
            .. objects.Take(isSystemFirst ? 1 : 0),
            AttachmentMarker.Build(attachment),
            .. objects.Skip(isSystemFirst ? 1 : 0),
            ServicesNamespace(attachment),
        ];
    }

    /// <summary>CPU that the roles ask for together.</summary>
    public static double CoresOf(ClusterAttachment attachment) =>
        Build(attachment, new ClusterFeatures("", PolicyV1: true, NamespaceNameLabel: true)).OfType<V1Deployment>().Sum(static role =>
            (role.Spec.Replicas ?? 1) * role.Spec.Template.Spec.Containers.Sum(static container => container.Resources.Requests["cpu"].ToDouble()));

    /// <summary>What the running roles make for themselves, which nobody else would remove.</summary>
    public static IReadOnlyList<ObjectAddress> MadeByRoles { get; } =
    [
        ObjectAddress.Of("coordination.k8s.io/v1", "Lease", Names.SystemNamespace, "fairlead-operator"),
        ObjectAddress.Of("coordination.k8s.io/v1", "Lease", Names.SystemNamespace, GatewayDeployment.LeaseName),
        ObjectAddress.Of("v1", "Secret", Names.SystemNamespace, "fairlead-gateway-peers"),
    ];

    private static void Fit(IKubernetesObject<V1ObjectMeta> item, ClusterAttachment attachment, ClusterFeatures features)
    {
        switch (item)
        {
            case V1PodDisruptionBudget budget when !features.PolicyV1:
                budget.ApiVersion = "policy/v1beta1";
                break;
            case V1Service { Spec: { } spec } service when IsGateway(service):
                if (attachment.Tls is not null)
                {
                    spec.Ports.Add(new V1ServicePort { Name = GatewayAddress.HttpsPort, Port = 443, TargetPort = GatewayAddress.HttpsPort, Protocol = "TCP" });
                }

                spec.Type = attachment.LoadBalancerType switch
                {
                    LoadBalancerType.PublicIp or LoadBalancerType.InternalLoadBalancer => "LoadBalancer",
                    LoadBalancerType.NodePort => "NodePort",
                    LoadBalancerType.ClusterIP => "ClusterIP",
                };
                if (attachment.LoadBalancerType == LoadBalancerType.InternalLoadBalancer)
                {
                    service.Metadata.Annotations = new Dictionary<string, string>(service.Metadata.Annotations ?? new Dictionary<string, string>());
                    foreach (var (name, value) in InternalAnnotations)
                    {
                        service.Metadata.Annotations[name] = value;
                    }

                    if (attachment.LoadBalancerSubnet is { } subnet)
                    {
                        service.Metadata.Annotations[AzureSubnet] = subnet;
                    }
                }

                break;
            case V1Deployment deployment:
                if (attachment.Purpose == ClusterPurpose.DevTest)
                {
                    // One of each is enough to try things with (§1.9).
                    deployment.Spec.Replicas = 1;
                }

                if (deployment.Metadata.Name == GatewayDeployment.Name)
                {
                    FitGateway(deployment, attachment);
                }

                break;
            default:
                break;
        }
    }

    // Production begins at the smallest size that gateways shrink to by themselves: three keep a majority when one is lost.
    private static void FitGateway(V1Deployment gateway, ClusterAttachment attachment)
    {
        var container = gateway.Spec.Template.Spec.Containers[0];
        if (attachment.Purpose != ClusterPurpose.DevTest)
        {
            gateway.Spec.Replicas = 3;
            container.Resources.Requests["cpu"] = new ResourceQuantity(attachment.Purpose == ClusterPurpose.FastProd ? "500m" : "250m");
            Set("SelfScaling__Purpose", attachment.Purpose.ToString());
        }

        if (attachment.Tls is { } tls)
        {
            container.Ports.Add(new V1ContainerPort { Name = GatewayAddress.HttpsPort, ContainerPort = GatewayHttpsPort });
            container.VolumeMounts.Add(new V1VolumeMount { Name = TlsVolume, MountPath = TlsFolder, ReadOnlyProperty = true });
            gateway.Spec.Template.Spec.Volumes.Add(new V1Volume { Name = TlsVolume, Secret = new V1SecretVolumeSource { SecretName = tls.Secret } });
            Set("HttpsPort", GatewayHttpsPort.ToString(CultureInfo.InvariantCulture));
            Set("Tls__CertificatePath", TlsFolder + "/tls.crt");
            Set("Tls__KeyPath", TlsFolder + "/tls.key");

            // Keys and tokens are not sent over plain HTTP.
            Set("Tls__RedirectHttp", "true");
            Set("Tls__PublicPort", "443");
        }

        void Set(string name, string value) => container.Env.Add(new V1EnvVar { Name = "FAIRLEAD_Gateway__" + name, Value = value });
    }

    private static V1Secret TlsSecret(string name, string certificate, string key) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Type = "kubernetes.io/tls",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = Names.SystemNamespace,
            Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy },
        },
        Data = new Dictionary<string, byte[]> { ["tls.crt"] = Encoding.UTF8.GetBytes(certificate), ["tls.key"] = Encoding.UTF8.GetBytes(key) },
    };

    public static bool IsGateway(V1Service service) =>
        service.Spec.Selector?.TryGetValue(Names.RoleLabel, out var role) == true && role == Names.GatewayRole
        && service.Spec.ClusterIP != "None";

    private static V1Namespace ServicesNamespace(ClusterAttachment attachment) => new()
    {
        ApiVersion = "v1",
        Kind = "Namespace",
        Metadata = new V1ObjectMeta
        {
            Name = attachment.Namespace,
            Labels = new Dictionary<string, string> { [Names.ManagedByLabel] = Names.ManagedBy, [PodSecurityLabel] = "restricted" },
        },
    };
}
