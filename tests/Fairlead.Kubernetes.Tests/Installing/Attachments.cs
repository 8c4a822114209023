using Fairlead.Contracts.Computes;

namespace Fairlead.Kubernetes.Tests.Installing;

internal static class Attachments
{
    public static ClusterAttachment Of(string id = "a1", ClusterPurpose purpose = ClusterPurpose.DevTest) => new()
    {
        Id = id,
        Name = "dev",
        Workspace = "default",
        Kubeconfig = """{"apiVersion":"v1","kind":"Config","clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:6443"}}]}""",
        Namespace = "azureml-default",
        Purpose = purpose,
        Image = "registry.test/fairlead:1",
        WorkspaceUrl = "http://10.0.0.5:8470",
    };
}
