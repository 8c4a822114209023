using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Naming;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Workspace;

/// <summary><c>fairlead computetarget show</c>.</summary>
internal sealed class ShowComputeCommand : Verb
{
    private readonly Option<string?> _name;

    public ShowComputeCommand()
        : base("show", "Show a compute target.", "fairlead computetarget show -n local") =>
        _name = Text("--name", "Name of the compute target.", "-n", required: true);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Get(_name)!;
        var computes = await context.Client.Computes.ListAsync(cancellationToken);
        var compute = computes.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new FairleadException(
                ErrorCodes.ComputeNotFound,
                404,
                $"there is no compute target '{name}'{NearestName.Hint(name, computes.Select(candidate => candidate.Name))}");
        context.Terminal.Show(Shapes.Of(compute), Shapes.ComputeColumns);
        return ExitCodes.Ok;
    }
}
