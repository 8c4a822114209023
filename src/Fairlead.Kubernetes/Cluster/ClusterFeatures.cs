namespace Fairlead.Kubernetes.Cluster;

/// <summary>What a cluster's API server offers, as its discovery says.</summary>
/// <param name="Version">Version of the server, for example <c>v1.20.2</c>; for logs.</param>
/// <param name="PolicyV1">Whether PodDisruptionBudgets are of <c>policy/v1</c> (from 1.21) and not <c>policy/v1beta1</c>.</param>
/// <param name="NamespaceNameLabel">Whether namespaces carry their name as a label (from 1.21).</param>
public sealed record ClusterFeatures(string Version, bool PolicyV1, bool NamespaceNameLabel);
