namespace Fairlead.Kubernetes.Resources;

/// <summary>The types of a service's conditions.</summary>
public static class ConditionTypes
{
    /// <summary>At least one replica takes requests, or none is wanted.</summary>
    public const string Ready = "Ready";

    /// <summary>A rollout or a change of the number of replicas is under way.</summary>
    public const string Progressing = "Progressing";

    /// <summary>Every pod has found a node.</summary>
    public const string Schedulable = "Schedulable";

    /// <summary>Every image is on its node.</summary>
    public const string ImagePulled = "ImagePulled";

    /// <summary>Models and source are in place in every pod.</summary>
    public const string ModelsReady = "ModelsReady";

    /// <summary>The gateway scales the service, and nobody else does.</summary>
    public const string AutoscalerActive = "AutoscalerActive";
}
