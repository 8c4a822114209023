using k8s;
using YamlDotNet.Serialization;

namespace Fairlead.Kubernetes.Tests.Golden;

/// <summary>Reads YAML as the API server does: as JSON in another dress.</summary>
internal static class YamlObjects
{
    public static T Read<T>(string yaml)
    {
        var value = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(yaml);
        return KubernetesJson.Deserialize<T>(new SerializerBuilder().JsonCompatible().Build().Serialize(value));
    }
}
