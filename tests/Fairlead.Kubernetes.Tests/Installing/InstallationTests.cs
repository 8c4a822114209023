using System.Text.Json.Nodes;
using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Installing;
using Fairlead.Kubernetes.Tests.Golden;
using k8s;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Installing;

public sealed class InstallationTests
{
    private static readonly ClusterFeatures Old = new("v1.20.2", PolicyV1: false, NamespaceNameLabel: false);

    [Fact]
    public void Build_EveryObjectOfTheManifests_HasAnAddressAndTheImageGiven()
    {
        var objects = Installation.Build(Attachments.Of(), Old);

        Assert.Equal(objects.Count, objects.Select(item => ObjectAddress.Of(item).Path).Distinct().Count());
        Assert.Equal("Namespace fairlead-system", ObjectAddress.Of(objects[0]).ToString());
        Assert.Equal("ConfigMap fairlead-system/fairlead-workspace", ObjectAddress.Of(objects[1]).ToString());
        Assert.Equal("Namespace azureml-default", ObjectAddress.Of(objects[^1]).ToString());
        var images = objects.OfType<V1Deployment>().SelectMany(item => item.Spec.Template.Spec.Containers).Select(container => container.Image);
        Assert.All(images, image => Assert.Equal("registry.test/fairlead:1", image));
    }

    [Theory]
    [InlineData(true, "policy/v1")]
    [InlineData(false, "policy/v1beta1")]
    public void Build_DisruptionBudgetOfTheGateway_IsOfTheVersionThatTheServerHas(bool isOffered, string version)
    {
        var objects = Installation.Build(Attachments.Of(), Old with { PolicyV1 = isOffered });

        var budget = Assert.Single(objects.OfType<V1PodDisruptionBudget>());
        Assert.Equal((version, "fairlead-gateway"), (budget.ApiVersion, budget.Metadata.Name));
        var gateway = objects.OfType<V1Deployment>().Single(item => item.Metadata.Name == "fairlead-gateway");
        Assert.Equal(gateway.Spec.Selector.MatchLabels, budget.Spec.Selector.MatchLabels);
    }

    [Fact]
    public void Kustomization_Objects_SayWhatTheFilesSay()
    {
        var folder = Path.Combine(GoldenFile.Repository, "deploy", "kubernetes");
        var resources = File.ReadLines(Path.Combine(folder, "kustomization.yaml")).SkipWhile(line => line != "resources:").Skip(1)
            .TakeWhile(line => line.StartsWith("  - ", StringComparison.Ordinal)).Select(line => line[4..]);
        var files = resources.SelectMany(name => File.ReadAllText(Path.Combine(folder, name)).Split("\n---\n"))
            .Select(text => YamlObjects.Read<JsonObject>(text)).ToList();

        var built = Kustomization.Build("registry.test/fairlead:1");

        Assert.Equal(files.Count, built.Count);
        foreach (var (file, item) in files.Zip(built))
        {
            var ours = JsonNode.Parse(KubernetesJson.Serialize(item))!.AsObject();
            if (item.Metadata.NamespaceProperty is not null)
            {
                file["metadata"]!["namespace"] = "fairlead-system";
            }

            var said = file.ToJsonString().Replace("\"image\":\"fairlead\"", "\"image\":\"registry.test/fairlead:1\"", StringComparison.Ordinal);
            Assert.True(JsonNode.DeepEquals(Rounded(JsonNode.Parse(said)), Rounded(ours)), $"{item.Kind} {item.Metadata.Name} is not what the file says.");
        }
    }

    // The tests' reader of YAML has fewer digits.
    private static JsonNode? Rounded(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(pair => KeyValuePair.Create(pair.Key, Rounded(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Rounded)]),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            JsonValue.Create(value.GetValue<double>().ToString("E4", System.Globalization.CultureInfo.InvariantCulture)),
        _ => node?.DeepClone(),
    };

    [Theory]
    [InlineData(ClusterPurpose.DevTest, 1, 1, "100m", null)]
    [InlineData(ClusterPurpose.FastProd, 2, 3, "500m", "FastProd")]
    [InlineData(ClusterPurpose.DenseProd, 2, 3, "250m", "DenseProd")]
    public void Build_Purpose_DecidesHowManyOfEachRoleRun(ClusterPurpose purpose, int operators, int gateways, string cpu, string? scaling)
    {
        var deployments = Installation.Build(Attachments.Of(purpose: purpose), Old).OfType<V1Deployment>()
            .ToDictionary(deployment => deployment.Metadata.Name, deployment => deployment.Spec);

        var gateway = deployments["fairlead-gateway"].Template.Spec.Containers[0];
        Assert.Equal((operators, gateways), (deployments["fairlead-operator"].Replicas!.Value, deployments["fairlead-gateway"].Replicas!.Value));
        Assert.Equal(cpu, gateway.Resources.Requests["cpu"].ToString());
        Assert.Equal(scaling, gateway.Env.FirstOrDefault(variable => variable.Name == "FAIRLEAD_Gateway__SelfScaling__Purpose")?.Value);
    }

    [Theory]
    [InlineData(ClusterPurpose.DevTest, 0.12)]
    [InlineData(ClusterPurpose.FastProd, 1.54)]
    public void CoresOf_IsWhatTheRolesAskFor(ClusterPurpose purpose, double cores) =>
        Assert.Equal(cores, Installation.CoresOf(Attachments.Of(purpose: purpose)), 6);

    [Fact]
    public void Build_Tls_IsServedFromTheSecret()
    {
        var tls = new ClusterTls { Cname = "models.example.com", Certificate = "CERT", Key = "KEY" };

        var objects = Installation.Build(Attachments.Of() with { Tls = tls }, Old);

        var secret = Assert.Single(objects.OfType<V1Secret>());
        Assert.Equal(("fairlead-gateway-tls", "kubernetes.io/tls", "KEY"), (secret.Metadata.Name, secret.Type, System.Text.Encoding.UTF8.GetString(secret.Data["tls.key"])));
        Assert.True(objects.ToList().IndexOf(secret) < objects.ToList().FindIndex(static item => item is V1Deployment));
        var pod = objects.OfType<V1Deployment>().Single(static one => one.Metadata.Name == "fairlead-gateway").Spec.Template.Spec;
        Assert.Equal("fairlead-gateway-tls", Assert.Single(pod.Volumes, static volume => volume.Secret is not null).Secret.SecretName);
        Assert.Equal("8443", pod.Containers[0].Env.Single(static variable => variable.Name == "FAIRLEAD_Gateway__HttpsPort").Value);
        Assert.Contains(pod.Containers[0].VolumeMounts, static mount => mount.MountPath == "/etc/fairlead/tls" && mount.ReadOnlyProperty == true);
        var service = objects.OfType<V1Service>().Single(Installation.IsGateway);
        Assert.Equal([80, 443], service.Spec.Ports.Select(static port => port.Port));

        // The Secret of somebody else is not ours to make, nor to remove.
        Assert.Empty(Installation.Build(Attachments.Of() with { Tls = new ClusterTls { Cname = "a.b", Secret = "theirs" } }, Old).OfType<V1Secret>());
    }

    [Theory]
    [InlineData("ClusterIP", 443, "https://models.example.com")]
    [InlineData("NodePort", 443, "https://models.example.com:30443")]
    public void Address_WithTls_IsTheNameOfTheCertificate(string type, int port, string url)
    {
        var service = new V1Service
        {
            Spec = new V1ServiceSpec
            {
                Type = type,
                ClusterIP = "10.0.0.9",
                Ports = [new V1ServicePort { Name = "http", Port = 80, NodePort = 30080 }, new V1ServicePort { Name = "https", Port = port, NodePort = 30443 }],
            },
        };
        var node = new V1Node { Status = new V1NodeStatus { Addresses = [new V1NodeAddress { Address = "10.9.9.9", Type = "InternalIP" }] } };

        Assert.Equal(url, GatewayAddress.Of(service, [node], new ClusterTls { Cname = "models.example.com" }));
    }

    [Fact]
    public void Marker_OtherAttachment_IsRefusedWithItsOwner()
    {
        var marker = AttachmentMarker.Build(Attachments.Of("other") with { Name = "prod", Workspace = "theirs" });

        var exception = Assert.Throws<Contracts.Errors.FairleadException>(() => AttachmentMarker.RequireOwn(marker, Attachments.Of()));

        Assert.Equal((409, "ClusterAlreadyAttached"), (exception.Error.StatusCode, exception.Error.Code));
        Assert.Contains("compute target 'prod' of workspace 'theirs' at http://10.0.0.5:8470", exception.Message);
        AttachmentMarker.RequireOwn(marker, Attachments.Of("other"));
        AttachmentMarker.RequireOwn(null, Attachments.Of());
    }
}
