using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget list</c>.</summary>
internal sealed class ListComputesCommand() : Verb("list", "List the compute targets.", "fairlead computetarget list -o table")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var computes = await context.Client.Computes.ListAsync(cancellationToken);
        context.Terminal.Show(Shapes.List(computes.Select(Shapes.Of)), Shapes.ComputeColumns);
        return ExitCodes.Ok;
    }
}
