using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The custom resource <c>scoringservices.fairlead.dev</c>: a service as <c>kubectl</c> sees it.</summary>
public sealed class ScoringServiceResource : IKubernetesObject<V1ObjectMeta>
{
    public const string Group = "fairlead.dev";
    public const string Version = "v1";
    public const string KindName = "ScoringService";
    public const string Plural = "scoringservices";
    public const string Singular = "scoringservice";
    public const string ShortName = "fls";

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = Group + "/" + Version;

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = KindName;

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public ScoringServiceResourceSpec Spec { get; set; } = new();

    [JsonPropertyName("status")]
    public ScoringServiceResourceStatus? Status { get; set; }
}
