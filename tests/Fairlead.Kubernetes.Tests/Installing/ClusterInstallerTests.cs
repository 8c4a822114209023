using System.Text.Json.Nodes;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Cluster;
using Fairlead.Kubernetes.Installing;
using Fairlead.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Kubernetes.Tests.Installing;

public sealed class ClusterInstallerTests : IDisposable
{
    private const string System = "api/v1/namespaces/fairlead-system";
    private const string Definition = "apis/apiextensions.k8s.io/v1/customresourcedefinitions/scoringservices.fairlead.dev";

    private readonly FakeApiServer _server = new();
    private readonly ClusterClient _client;
    private readonly List<string> _progress = [];

    public ClusterInstallerTests()
    {
        _client = _server.CreateClient();
        _server.Put("version", """{"metadata": {"name": "version"}, "gitVersion": "v1.20.2", "major": "1", "minor": "20"}""");
        _server.Put("apis", """{"metadata": {"name": "apis"}, "groups": []}""");
        _server.Intercept = request =>
        {
            Run(request.RequestUri!.AbsolutePath.TrimStart('/'));
            return null;
        };
    }

    [Fact(Timeout = 30_000)]
    public async Task Install_EmptyCluster_MakesEveryObjectWithItsMark()
    {
        await InstallAsync(Attachments.Of(), TestContext.Current.CancellationToken);

        Assert.Equal("a1", (string?)_server.Find(System + "/configmaps/fairlead-workspace")!["data"]!["attachmentId"]);
        foreach (var item in Installation.Build(Attachments.Of(), new ClusterFeatures("", false, false)))
        {
            var made = _server.Find(ObjectAddress.Of(item).Path);
            Assert.Equal("a1", (string?)made?["metadata"]!["annotations"]?["fairlead.dev/attachment"]);
        }

        Assert.Contains(_progress, line => line.StartsWith("Applying CustomResourceDefinition", StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Install_Again_ChangesInPlace()
    {
        await InstallAsync(Attachments.Of(), TestContext.Current.CancellationToken);
        await InstallAsync(Attachments.Of() with { Image = "registry.test/fairlead:2" }, TestContext.Current.CancellationToken);

        var deployment = _server.Find("apis/apps/v1/namespaces/fairlead-system/deployments/fairlead-operator")!;
        Assert.Equal("registry.test/fairlead:2", (string?)deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]);
        Assert.Equal("a1", (string?)deployment["metadata"]!["annotations"]!["fairlead.dev/attachment"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Install_ClusterOfAnother_TouchesNothing()
    {
        await InstallAsync(Attachments.Of("other"), TestContext.Current.CancellationToken);
        var before = _server.Writes.Count();

        var exception = await Assert.ThrowsAsync<FairleadException>(() => InstallAsync(Attachments.Of(), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<FairleadException>(() => UninstallAsync(Attachments.Of(), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.ClusterAlreadyAttached, exception.Error.Code);
        Assert.Equal(before, _server.Writes.Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task Uninstall_RemovesWhatItMade_AndNothingElse()
    {
        _server.Put("api/v1/namespaces/azureml-default", """{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "azureml-default"}}""");
        _server.Put(System + "/configmaps/somebody", """{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "somebody"}}""");
        await InstallAsync(Attachments.Of(), TestContext.Current.CancellationToken);
        _server.Put("apis/coordination.k8s.io/v1/namespaces/fairlead-system/leases/fairlead-operator", """{"metadata": {"name": "fairlead-operator"}}""");

        var listed = await Installer().ListAsync(Attachments.Of(), TestContext.Current.CancellationToken);
        await UninstallAsync(Attachments.Of(), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(listed, address => address.Name == "azureml-default");
        Assert.Equal("Namespace fairlead-system", listed[^1].ToString());
        Assert.All(listed, address => Assert.Null(_server.Find(address.Path)));
        Assert.Contains(listed, address => address.Kind == "Lease");
        Assert.NotNull(_server.Find("api/v1/namespaces/azureml-default"));
        Assert.NotNull(_server.Find(System + "/configmaps/somebody"));
        Assert.Empty(await Installer().ListAsync(Attachments.Of(), TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 30_000)]
    public async Task Uninstall_ServicesThere_IsRefusedWithTheirNames()
    {
        await InstallAsync(Attachments.Of(), TestContext.Current.CancellationToken);
        _server.Put("apis/fairlead.dev/v1/namespaces/team/scoringservices/iris", """{"metadata": {"name": "iris", "namespace": "team"}, "spec": {}}""");

        var exception = await Assert.ThrowsAsync<FairleadException>(() => UninstallAsync(Attachments.Of(), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.ComputeInUse, exception.Error.Code);
        Assert.Contains("team/iris", exception.Message);
        Assert.NotNull(_server.Find(Definition));
    }

    [Fact(Timeout = 30_000)]
    public async Task Install_ImageThatCannotBePulled_SaysSoAndWhatToDo()
    {
        _server.Intercept = request =>
        {
            var path = request.RequestUri!.AbsolutePath.TrimStart('/');
            if (path == Definition)
            {
                Run(path);
            }

            return null;
        };
        _server.Put(System + "/pods/fairlead-operator-1", """
            {"metadata": {"name": "fairlead-operator-1", "namespace": "fairlead-system", "labels": {"fairlead.dev/role": "operator"}},
             "spec": {"containers": []},
             "status": {"containerStatuses": [{"name": "operator", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}]}}
            """);

        var exception = await Assert.ThrowsAsync<FairleadException>(() => InstallAsync(Attachments.Of(), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCodes.InstallationFailed, exception.Error.Code);
        Assert.Contains("cannot pull 'registry.test/fairlead:1'", exception.Message);
        Assert.Contains("--image", exception.Message);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>What controllers do to what is asked for: definitions are taken, Deployments run.</summary>
    private void Run(string path)
    {
        if (_server.Find(path) is not { } value || (value["status"] is { } status
            && (status["observedGeneration"] is null || (long?)status["observedGeneration"] == (long?)value["metadata"]!["generation"])))
        {
            return;
        }

        if (path == Definition)
        {
            value["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Established", ["status"] = "True" }) };
            _server.Put(path, value.ToJsonString());
        }
        else if (path.Contains("/deployments/", StringComparison.Ordinal))
        {
            var replicas = (int)value["spec"]!["replicas"]!;
            value["status"] = new JsonObject
            {
                ["observedGeneration"] = (long)value["metadata"]!["generation"]!,
                ["replicas"] = replicas,
                ["updatedReplicas"] = replicas,
                ["availableReplicas"] = replicas,
            };
            _server.Put(path, value.ToJsonString());
        }
    }

    private ClusterInstaller Installer() => new(_client, TimeProvider.System, NullLogger<ClusterInstaller>.Instance);

    private Task InstallAsync(ClusterAttachment attachment, CancellationToken cancellationToken) =>
        Installer().InstallAsync(attachment, ProgressAsync, cancellationToken);

    private Task UninstallAsync(ClusterAttachment attachment, CancellationToken cancellationToken) =>
        Installer().UninstallAsync(attachment, ProgressAsync, cancellationToken);

    private Task ProgressAsync(string activity)
    {
        _progress.Add(activity);
        return Task.CompletedTask;
    }
}
