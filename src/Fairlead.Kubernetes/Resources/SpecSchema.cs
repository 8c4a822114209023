using Fairlead.Contracts.Models;
using Fairlead.Contracts.Services;
using k8s.Models;
using static Fairlead.Kubernetes.Resources.SchemaBuilder;

namespace Fairlead.Kubernetes.Resources;

/// <summary>The schema of <see cref="ScoringServiceResourceSpec"/>. Defaults are those of the classes; bounds are those of
/// <see cref="ServingRules"/>; <see cref="SpecRules"/> holds what a schema cannot say.</summary>
internal static class SpecSchema
{
    public static V1JSONSchemaProps Build()
    {
        var defaults = new ScoringServiceResourceSpec();
        return Group("What is wanted.", new Dictionary<string, V1JSONSchemaProps>
        {
            ["workspace"] = Text("Name of the workspace; user code sees it as WORKSPACE_NAME.", defaults.Workspace),
            ["replicas"] = Whole(
                "Replicas wanted now: what kubectl scale and the autoscaler set. With the autoscaler on it is held between minReplicas and maxReplicas.",
                0, ServingRules.MostReplicas, defaults.Replicas),
            ["entryScript"] = Text("Entry script with init() and run(), relative to the source directory; none: models are served with no code."),
            ["source"] = Group("The source directory.", Files()),
            ["models"] = List("Models, each below azureml-models/NAME/VERSION.", Model()),
            ["filesSecret"] = Text("Name of a Secret whose values stand in files' URLs as $(KEY), read when a pod starts."),
            ["image"] = Text("Container image of the environment; none: Fairlead's own, which has Python alone."),
            ["imagePullPolicy"] = OneOf("When the image is pulled.", SpecRules.PullPolicies),
            ["imagePullSecrets"] = List("Names of Secrets with credentials of registries.", Text("Name of a Secret.")),
            ["python"] = Text("Python interpreter in the image.", defaults.Python),
            ["environmentVariables"] = Map("Variables for user code.", new V1JSONSchemaProps { Type = "string" }),
            ["env"] = List("More variables, also from Secrets and ConfigMaps, as in a container of a pod.", Group("A variable.", new()
            {
                ["name"] = Text("Its name."),
                ["value"] = Text("Its value."),
                ["valueFrom"] = Open("Where its value comes from: secretKeyRef, configMapKeyRef, fieldRef or resourceFieldRef."),
            }, "name"), "name"),
            ["envFrom"] = List("All keys of Secrets or ConfigMaps as variables, as in a container of a pod.", Open("secretRef or configMapRef.")),
            ["resources"] = Resources(),
            ["gpuResource"] = Text("Name of the resource that resources.gpu counts.", defaults.GpuResource),
            ["extraResources"] = Map("Other resources by name and quantity.", new V1JSONSchemaProps { Type = "string" }),
            ["autoScaler"] = AutoScaler(),
            ["livenessProbe"] = LivenessProbe(),
            ["authEnabled"] = Flag("Whether callers need a key.", defaults.AuthEnabled),
            ["tokenAuthEnabled"] = Flag("Whether callers need a token; not together with authEnabled.", defaults.TokenAuthEnabled),
            ["tokenIssuers"] = List("OpenID Connect providers whose tokens open the service.", Group("A provider.", new()
            {
                ["issuer"] = Text("The iss of its tokens."),
                ["audience"] = Text("The aud that its tokens name."),
                ["jwksUrl"] = Text("Its key set; none: as its discovery document says."),
                ["metadataUrl"] = Text("Its discovery document; none: below the issuer, which then is a URL."),
            }, "issuer", "audience")),
            ["keysSecret"] = Text("Secret with primaryKey and secondaryKey, or with keyHashes; none: NAME-keys is made with new keys."),
            ["scoringTimeoutMs"] = Whole("Longest scoring in milliseconds, then 504.", 1, ServingRules.LongestScoringMs, defaults.ScoringTimeoutMs),
            ["maxConcurrentRequestsPerContainer"] = Whole(
                "Requests in one replica at a time.", 1, ServingRules.MostConcurrentRequests, defaults.MaxConcurrentRequestsPerContainer),
            ["maxQueueWaitMs"] = Whole("Longest wait in the queue in milliseconds, then 503.", 0, ServingRules.LongestQueueWaitMs, defaults.MaxQueueWaitMs),
            ["maxQueueLength"] = Whole("Most requests in the queue, then 503.", 0, ServingRules.LongestQueue, defaults.MaxQueueLength),
            ["priorityHeader"] = Text("Request header with a request's urgency, 0 (first) to 7 (last) as in RFC 9218; none: first come, first served."),
            ["hedgeAfterMs"] = Whole(
                "Milliseconds after which a request without an answer is sent to a second free replica too; 0: never.", 0, ServingRules.LongestScoringMs, defaults.HedgeAfterMs),
            ["rollout"] = Group("How replicas are replaced.", new()
            {
                ["maxSurge"] = Whole("Replicas above the wanted number meanwhile.", 0, ServingRules.MostReplicas, defaults.Rollout.MaxSurge),
                ["maxUnavailable"] = Whole(
                    "Ready replicas below the wanted number meanwhile; not 0 together with maxSurge.", 0, ServingRules.MostReplicas, defaults.Rollout.MaxUnavailable),
            }).Defaulted(),
            ["traffic"] = Group("Makes it an endpoint: it runs nothing, and its requests are shared out among services of this namespace.", new()
            {
                ["versions"] = List("From 1 to 6; their percentiles add up to 100 at most.", Group("A version.", new()
                {
                    ["name"] = Text("Unique in the endpoint."),
                    ["service"] = Text("Name of the ScoringService that answers for it."),
                    ["trafficPercentile"] = Percent("Its share of the requests, decimals allowed."),
                    ["shadowPercentile"] = Percent("Share of the requests that it gets a copy of; its answers are compared and given to nobody. Not for one that answers callers."),
                    ["isControl"] = Flag("Whether others are compared with it; for statistics only.", false),
                }, "name", "service"), "name"),
                ["defaultVersion"] = Text("Version that gets what no percentile gives away; none: the first."),
                ["stickyHeader"] = Text("Request header whose value keeps a caller with one version; none: each request is for itself."),
            }, "versions"),
            ["workerCount"] = Whole("Python processes in one replica.", 1, ServingRules.MostWorkers, defaults.WorkerCount),
            ["collectModelData"] = Flag("Whether model data is collected.", defaults.CollectModelData),
            ["appInsightsEnabled"] = Flag("Whether telemetry is sent.", defaults.AppInsightsEnabled),
            ["nodeSelector"] = Map("Labels that nodes must have.", new V1JSONSchemaProps { Type = "string" }),
            ["tolerations"] = List("Taints of nodes to put up with, as in a pod.", Open("A toleration.")),
            ["affinity"] = Open("Which nodes and neighbours are wanted, as in a pod."),
            ["priorityClassName"] = Text("Priority class of the pods."),
            ["runtimeClassName"] = Text("Runtime class of the pods."),
            ["serviceAccountName"] = Text("Account of the pods; its token is not mounted."),
        });
    }

    private static Dictionary<string, V1JSONSchemaProps> Files() => new()
    {
        ["files"] = List("Files to download, checked against their SHA-256.", Group("A file.", new()
        {
            ["url"] = Pattern("http or https.", "^https?://.+"),
            ["sha256"] = Pattern("SHA-256 of the content: 64 lower-case hexadecimal digits.", "^[0-9a-f]{64}$"),
            ["path"] = Text("Where to put it, relative to the set's folder; none: the URL's last part, or the folder itself when unpacked."),
            ["unpack"] = Flag("Whether it is a zip, tar or tar.gz archive to unpack.", false),
        }, "url", "sha256")),
        ["persistentVolumeClaim"] = Group("A volume that holds the files, mounted read-only; in place of files.", new()
        {
            ["claimName"] = Text("Name of the claim."),
            ["path"] = Text("Folder on the volume; none: all of it."),
        }, "claimName"),
    };

    private static V1JSONSchemaProps Model()
    {
        var properties = Files();
        properties["name"] = Pattern("Name of the model.", "^[A-Za-z0-9][A-Za-z0-9._-]*$", 255);
        properties["version"] = Whole("Version of the model.", 1, Largest, new ModelSource().Version);
        properties["framework"] = OneOf("Framework; needed without an entry script.", ModelFrameworks.All);
        return Group("A model.", properties, "name");
    }

    private static V1JSONSchemaProps Resources()
    {
        var defaults = new ContainerResourceRequirements();
        return Group("What each replica asks for and may use; nothing is added to it.", new()
        {
            ["cpu"] = AboveZero("Cores requested.", defaults.Cpu),
            ["memoryInGB"] = AboveZero("Memory requested, in GB of 2^30 bytes.", defaults.MemoryInGB),
            ["gpu"] = Whole("GPUs.", 0, ServingRules.MostGpus),
            ["cpuLimit"] = AboveZero("Most cores; none: no limit."),
            ["memoryInGBLimit"] = AboveZero("Most memory, in GB; none: no limit."),
        }).Defaulted();
    }

    private static V1JSONSchemaProps AutoScaler()
    {
        var defaults = new AutoScaler();
        return Group("Replica autoscaling by the gateway.", new()
        {
            ["autoscaleEnabled"] = Flag("Whether the number of replicas follows load.", defaults.AutoscaleEnabled),
            ["minReplicas"] = Whole("Fewest replicas; 0 lets an idle service stop.", 0, ServingRules.MostReplicas, defaults.MinReplicas),
            ["maxReplicas"] = Whole("Most replicas.", 1, ServingRules.MostReplicas, defaults.MaxReplicas),
            ["refreshPeriodInSeconds"] = Whole("Seconds between decisions.", 1, ServingRules.LongestRefreshSeconds, defaults.RefreshPeriodInSeconds),
            ["targetUtilization"] = Whole("Wanted busy share in percent.", 1, 100, defaults.TargetUtilization),
        }).Defaulted();
    }

    private static V1JSONSchemaProps LivenessProbe()
    {
        var defaults = new LivenessProbeRequirements();
        return Group("When a replica that no longer answers is replaced.", new()
        {
            ["periodSeconds"] = Whole("Seconds between probes.", 1, ServingRules.LongestProbeSeconds, defaults.PeriodSeconds),
            ["initialDelaySeconds"] = Whole(
                "Time to start; probing begins earlier when the replica becomes ready earlier.", 0, ServingRules.LongestProbeSeconds, defaults.InitialDelaySeconds),
            ["timeoutSeconds"] = Whole("Seconds to answer.", 1, ServingRules.LongestProbeSeconds, defaults.TimeoutSeconds),
            ["successThreshold"] = Whole("Kept for v1's clients; Kubernetes allows 1 alone.", 1, ServingRules.MostProbes, defaults.SuccessThreshold),
            ["failureThreshold"] = Whole("Failed probes in a row that end the replica.", 1, ServingRules.MostProbes, defaults.FailureThreshold),
        }).Defaulted();
    }
}
