using Fairlead.Contracts.Services;
using k8s.Models;
using static Fairlead.Kubernetes.Resources.SchemaBuilder;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The schema of <see cref="ScoringServiceResourceStatus"/>.</summary>
internal static class StatusSchema
{
    public static V1JSONSchemaProps Build() => Group("What the operator reports.", new()
    {
        ["observedGeneration"] = Whole("The generation that this status speaks of.", 0, Largest),
        ["state"] = OneOf("State of the service.", Enum.GetNames<ServiceState>()),
        ["replicas"] = Count("Pods there are."),
        ["readyReplicas"] = Count("Pods that take requests."),
        ["updatedReplicas"] = Count("Pods of the wanted revision."),
        ["desiredReplicas"] = Count("Pods wanted."),
        ["selector"] = Text("Label selector of the pods."),
        ["revision"] = Text("Short hash of everything that makes pods be replaced."),
        ["servingRevision"] = Text("The newest revision that has become ready."),
        ["url"] = Text("Path of the service on the cluster's gateway."),
        ["activity"] = Text("What is being done now."),
        ["error"] = Group("Why it failed or waits.", new()
        {
            ["code"] = Text("A stable name."),
            ["statusCode"] = Whole("The HTTP status it stands for.", 100, 599),
            ["message"] = Text("What happened and what to do about it."),
            ["details"] = List("Causes, most telling first.", Group("A cause.", new()
            {
                ["code"] = Text("A stable name."),
                ["message"] = Text("What happened."),
                ["target"] = Text("The field or object it is about."),
            })),
        }),
        ["conditions"] = List("Conditions: Ready, Progressing, Schedulable, ImagePulled, ModelsReady, AutoscalerActive.", Group("A condition.", new()
        {
            ["type"] = Text("Type of the condition."),
            ["status"] = OneOf("Whether it holds.", ["True", "False", "Unknown"]),
            ["reason"] = Text("Why, as a stable name."),
            ["message"] = Text("Why, for people."),
            ["observedGeneration"] = Whole("The generation it speaks of.", 0, Largest),
            ["lastTransitionTime"] = new V1JSONSchemaProps { Type = "string", Format = "date-time", Description = "When its status last changed." },
        }, "type", "status"), "type"),
    });

    private static V1JSONSchemaProps Count(string description) => Whole(description, 0, int.MaxValue);
}
