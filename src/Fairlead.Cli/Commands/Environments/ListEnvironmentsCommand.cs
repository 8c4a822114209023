using System.CommandLine;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Environments;

/// <summary><c>fairlead environment list</c>.</summary>
internal sealed class ListEnvironmentsCommand : Verb
{
    private readonly Option<string?> _output;

    public ListEnvironmentsCommand()
        : base("list", "List environments, the newest version of each.", "fairlead environment list -o table") =>
        _output = Text("--output-metadata-file", "File to write the result to as JSON.", "-t");

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var environments = await context.Client.Environments.ListAsync(cancellationToken);
        var result = Shapes.List(environments.Select(Shapes.Of));
        ModelMetadata.Write(context, context.Get(_output), result);
        context.Terminal.Show(result, Shapes.EnvironmentColumns);
        return ExitCodes.Ok;
    }
}
