using System.Reflection;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Fairlead.Kubernetes.Installing;

/// <summary>The manifests of <c>deploy/kubernetes</c>, which this assembly carries, put together as <c>kubectl apply -k</c>
/// does; of Kustomize only what that folder uses.</summary>
internal static class Kustomization
{
    /// <summary>Name of the image in the manifests.</summary>
    private const string ImageName = "fairlead";

    private const string Prefix = "deploy/";

    private static readonly HashSet<string> ClusterKinds = new(StringComparer.Ordinal)
    {
        "Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "PriorityClass",
    };

    /// <summary>Every object, in the order in which things are needed; new ones with each call.</summary>
    /// <param name="image">Fairlead's image.</param>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Build(string image)
    {
        // Strict: what this class does not know must not be passed over.
        var file = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build()
            .Deserialize<KustomizationFile>(Read("kustomization.yaml"));
        var objects = new List<IKubernetesObject<V1ObjectMeta>>();
        foreach (var value in file.Resources.SelectMany(resource => KubernetesYaml.LoadAllFromString(Read(resource))))
        {
            var item = (IKubernetesObject<V1ObjectMeta>)value;
            if (!ClusterKinds.Contains(item.Kind))
            {
                item.Metadata.NamespaceProperty = file.Namespace;
            }

            foreach (var container in ContainersOf(item).Where(container => container.Image == ImageName))
            {
                container.Image = image;
            }

            objects.Add(item);
        }

        return objects;
    }

    private static IEnumerable<V1Container> ContainersOf(IKubernetesObject<V1ObjectMeta> item) => item is V1Deployment deployment
        ? deployment.Spec.Template.Spec.Containers.Concat(deployment.Spec.Template.Spec.InitContainers ?? [])
        : [];

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name)
            ?? throw new InvalidOperationException($"deploy/kubernetes/{name} is not in this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed class KustomizationFile
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public string Namespace { get; set; } = "";

        public List<string> Resources { get; set; } = [];

        public List<Dictionary<string, string>> Images { get; set; } = [];
    }
}
