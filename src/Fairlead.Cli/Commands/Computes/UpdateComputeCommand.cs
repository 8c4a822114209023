using System.CommandLine;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget update kubernetes</c> and <c>aks</c>.</summary>
internal sealed class UpdateComputeCommand : Verb
{
    private readonly Option<string?> _name;
    private readonly ClusterOptions _options;

    public UpdateComputeCommand(string name)
        : base(name, "Change how a cluster is attached; what is not named stays.", $"fairlead computetarget update {name} -n prod --image registry.example.com/ml/fairlead:0.2.0")
    {
        _name = Text("--name", "Name of the compute target.", "-n", required: true);
        _options = new ClusterOptions(this);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.WantedName = context.Get(_name)!;
        var request = new UpdateComputeRequest
        {
            Kubeconfig = _options.Kubeconfig(context),
            ClusterPurpose = _options.Purpose(context),
            LoadBalancerType = _options.LoadBalancer(context),
            LoadBalancerSubnet = _options.Subnet(context),
            SslConfiguration = _options.Ssl(context),
            Image = _options.Image(context),
            WorkspaceUrl = _options.WorkspaceUrl(context),
        };
        if (request == new UpdateComputeRequest())
        {
            throw new FairleadException(ErrorCodes.InvalidArgument, 400, "nothing to change was given; see fairlead computetarget update --help");
        }

        var compute = await context.Client.Computes.UpdateAsync(name, request, cancellationToken);
        return await ComputeOutcome.ShowAsync(context, compute, _options.NoWait(context), cancellationToken);
    }
}
