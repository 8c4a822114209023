using Fairlead.Contracts.Computes;
using Fairlead.Kubernetes.Preflight;
using k8s.Models;

namespace Fairlead.Kubernetes.Tests.Preflight;

public sealed class NodeRulesTests
{
    [Theory]
    [InlineData(ClusterPurpose.FastProd, 3, 4, PreflightOutcome.Pass)]
    [InlineData(ClusterPurpose.FastProd, 3, 3, PreflightOutcome.Fail)]
    [InlineData(ClusterPurpose.FastProd, 2, 8, PreflightOutcome.Fail)]
    [InlineData(ClusterPurpose.DenseProd, 2, 8, PreflightOutcome.Fail)]
    [InlineData(ClusterPurpose.DevTest, 1, 2, PreflightOutcome.Pass)]
    [InlineData(ClusterPurpose.DevTest, 1, 1, PreflightOutcome.Warn)]
    [InlineData(ClusterPurpose.DevTest, 0, 1, PreflightOutcome.Fail)]
    public void Check_SizeAndPurpose_FollowTheRule(ClusterPurpose purpose, int nodes, int cores, PreflightOutcome outcome)
    {
        var check = NodeRules.Check(NodeRules.Usable(Enumerable.Range(0, nodes).Select(i => Node("n" + i, cores))), purpose);

        Assert.Equal(outcome, check.Outcome);
        Assert.Equal(outcome == PreflightOutcome.Pass, check.Fix is null);
    }

    [Fact]
    public void Check_TooSmallForProduction_NamesTheWayOut() =>
        Assert.Contains("--cluster-purpose DevTest", NodeRules.Check([Node("n", 2)], ClusterPurpose.FastProd).Fix);

    [Fact]
    public void Usable_LeavesOutWhatTakesNoPods()
    {
        var cordoned = Node("a", 4);
        cordoned.Spec.Unschedulable = true;
        var tainted = Node("b", 4);
        tainted.Spec.Taints = [new V1Taint { Key = "dedicated", Effect = "NoSchedule" }];
        var away = Node("c", 4);
        away.Status.Conditions[0].Status = "Unknown";
        var windows = Node("d", 4);
        windows.Metadata.Labels = new Dictionary<string, string> { ["kubernetes.io/os"] = "windows" };

        Assert.Equal(["e"], NodeRules.Usable([cordoned, tainted, away, windows, Node("e", 4)]).Select(node => node.Metadata.Name));
    }

    [Fact]
    public void CheckFree_CountsWhatPodsAskForOnTheirNode()
    {
        V1Pod[] pods = [Pod("n", "1500m", "Running"), Pod("n", "1", "Succeeded"), Pod("elsewhere", "1", "Running")];

        var check = NodeRules.CheckFree([Node("n", 2)], pods, 0.6);

        Assert.Equal(PreflightOutcome.Fail, check.Outcome);
        Assert.Contains("0.5 vCPUs", check.Message);
        Assert.Equal(PreflightOutcome.Pass, NodeRules.CheckFree([Node("n", 2)], pods, 0.5).Outcome);
    }

    private static V1Node Node(string name, int cores) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1NodeSpec(),
        Status = new V1NodeStatus
        {
            Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cores.ToString(System.Globalization.CultureInfo.InvariantCulture)), ["memory"] = new("8Gi") },
            Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
        },
    };

    private static V1Pod Pod(string node, string cpu, string phase) => new()
    {
        Metadata = new V1ObjectMeta { Name = "p" },
        Spec = new V1PodSpec
        {
            NodeName = node,
            Containers =
            [
                new V1Container
                {
                    Name = "c",
                    Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu) } },
                },
            ],
        },
        Status = new V1PodStatus { Phase = phase },
    };
}
