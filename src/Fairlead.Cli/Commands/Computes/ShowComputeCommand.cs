using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget show</c>.</summary>
internal sealed class ShowComputeCommand() : ComputeVerb("show", "Show a compute target.", "fairlead computetarget show -n local")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var compute = await context.Client.Computes.GetAsync(ComputeName(context), cancellationToken);
        context.Terminal.Show(Shapes.Of(compute), Shapes.ComputeColumns);
        return ExitCodes.Ok;
    }
}
