using System.CommandLine;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget attach kubernetes</c> and <c>aks</c>.</summary>
internal sealed class AttachCommand : Verb
{
    private readonly string _type;
    private readonly Option<string?> _name;
    private readonly Option<string?> _resource;
    private readonly Option<string?> _namespace;
    private readonly ClusterOptions _options;

    public AttachCommand(string name, string type)
        : base(
            name,
            "Attach a cluster: check it, install Fairlead there, and wait until it runs. Again: upgrade in place.",
            $"fairlead computetarget attach {name} -n prod --kubeconfig ~/.kube/config --context prod --image registry.example.com/ml/fairlead:0.1.0",
            $"fairlead computetarget attach {name} -n dev --kubeconfig dev.yaml --cluster-purpose DevTest --load-balancer-type NodePort")
    {
        _type = type;
        _name = Text("--name", "Name of the compute target: " + ComputeNames.Rule + ".", "-n", required: true);
        _resource = Text("--compute-resource-id", "Id of the cluster in Azure; kept, and shown.", "-i");
        _namespace = Text("--namespace", "Namespace of the services. [default: azureml- and the workspace's name]");
        _options = new ClusterOptions(this);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Get(_name)!;
        ComputeNames.Validate(name);
        var request = new AttachComputeRequest
        {
            Name = name,
            ComputeType = _type,
            Kubeconfig = _options.Kubeconfig(context),
            ResourceId = context.Get(_resource),
            Namespace = context.Get(_namespace),
            ClusterPurpose = _options.Purpose(context),
            LoadBalancerType = _options.LoadBalancer(context),
            LoadBalancerSubnet = _options.Subnet(context),
            SslConfiguration = _options.Ssl(context),
            Image = _options.Image(context),
            WorkspaceUrl = _options.WorkspaceUrl(context),
        };
        var compute = await context.Client.Computes.AttachAsync(request, cancellationToken);
        return await ComputeOutcome.ShowAsync(context, compute, _options.NoWait(context), cancellationToken);
    }
}
