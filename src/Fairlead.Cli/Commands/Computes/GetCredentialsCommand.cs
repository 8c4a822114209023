using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget get-credentials</c>.</summary>
internal sealed class GetCredentialsCommand() : ComputeVerb(
    "get-credentials", "Show the kubeconfig that a cluster is attached with: a secret.", "fairlead computetarget get-credentials -n prod")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var keys = await context.Client.Computes.GetKeysAsync(ComputeName(context), cancellationToken);
        context.Terminal.Show(Shapes.Node(keys, ContractsJson.Default.ComputeKeysDto));
        return ExitCodes.Ok;
    }
}
