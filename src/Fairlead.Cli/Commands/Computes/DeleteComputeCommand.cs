using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget delete</c>: as in v1, only of clusters that the workspace has made (§1.9).</summary>
internal sealed class DeleteComputeCommand() : ComputeVerb(
    "delete", "Delete a cluster that this workspace made. One that was attached is detached instead.", "fairlead computetarget delete -n prod")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        await context.Client.Computes.DeleteAsync(ComputeName(context), cancellationToken);
        return ExitCodes.Ok;
    }
}
