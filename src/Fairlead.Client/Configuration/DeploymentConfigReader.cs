using System.Text.Json.Nodes;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;

namespace Fairlead.Client.Configuration;

/// <summary>Understands deploymentconfig.json for aks, local and, with warnings, aci (§2.5).</summary>
internal static class DeploymentConfigReader
{
    private static readonly string[] OfOtherComputes =
    [
        "location", "sslEnabled", "sslCertificate", "sslKey", "cname", "dnsNameLabel", "vnetName", "subnetName",
        "vaultBaseUrl", "keyName", "keyVersion",
    ];

    public static DeploymentConfig Read(JsonObject node, string file)
    {
        var warnings = new List<string>();
        var root = new ConfigObject(node, file, warnings);
        var type = ComputeTypes.Normalize(root.Text("computeType"), file);
        if (root.Text("computeType") is { } given && given.Equals("aci", StringComparison.OrdinalIgnoreCase))
        {
            warnings.Add($"{file}: computeType 'aci' is a cloud service; deploying to the workspace's compute target instead");
        }

        var scaler = root.Object("autoScaler");
        var resources = root.Object("containerResourceRequirements");
        var probe = root.Object("livenessProbeRequirements");
        var collection = root.Object("dataCollection");
        var keys = root.Object("keys");
        var rollout = root.Object("rollout");
        var issuers = root.Objects("tokenIssuers");
        var settings = new DeploymentSettings
        {
            AutoscaleEnabled = scaler?.Flag("autoscaleEnabled"),
            AutoscaleMinReplicas = scaler?.Whole("minReplicas"),
            AutoscaleMaxReplicas = scaler?.Whole("maxReplicas"),
            AutoscaleRefreshSeconds = scaler?.Whole("refreshPeriodInSeconds"),
            AutoscaleTargetUtilization = scaler?.Whole("targetUtilization"),
            CollectModelData = collection?.Flag("storageEnabled"),
            AuthEnabled = root.Flag("authEnabled"),
            TokenAuthEnabled = root.Flag("tokenAuthEnabled"),
            TokenIssuers = issuers is null ? null : [.. issuers.Select(issuer => new TokenIssuer
            {
                Issuer = issuer.Text("issuer") ?? "",
                Audience = issuer.Text("audience") ?? "",
                JwksUrl = issuer.Text("jwksUrl"),
                MetadataUrl = issuer.Text("metadataUrl"),
            })],
            CpuCores = resources?.Number("cpu"),
            CpuCoresLimit = resources?.Number("cpuLimit"),
            MemoryGb = resources?.Number("memoryInGB"),
            MemoryGbLimit = resources?.Number("memoryInGBLimit"),
            GpuCores = root.Whole("gpuCores") ?? resources?.Whole("gpu"),
            EnableAppInsights = root.Flag("appInsightsEnabled"),
            ScoringTimeoutMs = root.Whole("scoringTimeoutMs"),
            ReplicaMaxConcurrentRequests = root.Whole("maxConcurrentRequestsPerContainer"),
            MaxRequestWaitTimeMs = root.Whole("maxQueueWaitMs"),
            MaxQueueLength = root.Whole("maxQueueLength"),
            PriorityHeader = root.Text("priorityHeader"),
            HedgeAfterMs = root.Whole("hedgeAfterMs"),
            NumReplicas = root.Whole("numReplicas"),
            PeriodSeconds = probe?.Whole("periodSeconds"),
            InitialDelaySeconds = probe?.Whole("initialDelaySeconds"),
            TimeoutSeconds = probe?.Whole("timeoutSeconds"),
            SuccessThreshold = probe?.Whole("successThreshold"),
            FailureThreshold = probe?.Whole("failureThreshold"),
            Namespace = root.Text("namespace"),
            MaxSurge = rollout?.Whole("maxSurge"),
            MaxUnavailable = rollout?.Whole("maxUnavailable"),
            Description = root.Text("description"),
            Tags = root.Map("tags"),
            Properties = root.Map("properties"),
        };
        var config = new DeploymentConfig
        {
            ComputeType = type,
            ComputeTarget = root.Text("computeTarget"),
            Settings = settings,
            Keys = keys is null ? null : new AuthKeysDto(keys.Text("primaryKey"), keys.Text("secondaryKey")),
            Warnings = warnings,
        };
        _ = collection?.Flag("eventHubEnabled");
        root.Warn("port", "is ignored: a service is reached through the gateway's port");
        foreach (var key in OfOtherComputes)
        {
            root.Warn(key, "is for other compute types and is ignored");
        }

        foreach (var part in (ConfigObject?[])[root, scaler, resources, probe, collection, keys, rollout, .. issuers ?? []])
        {
            part?.WarnOfUnknownKeys();
        }

        return config;
    }
}
