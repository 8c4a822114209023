using System.CommandLine;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Environments;

/// <summary><c>fairlead environment show</c>.</summary>
internal sealed class ShowEnvironmentCommand : Verb
{
    private readonly Option<string?> _name, _version, _output;

    public ShowEnvironmentCommand()
        : base("show", "Show an environment.", "fairlead environment show -n my-env -v 2")
    {
        _name = Text("--name", "Name of the environment.", "-n", required: true);
        _version = Text("--version", "Version. [default: the newest]", "-v");
        _output = Text("--output-metadata-file", "File to write the result to as JSON.", "-t");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.WantedName = context.Get(_name)!;
        var result = Shapes.Of(await context.Client.Environments.GetAsync(name, context.Get(_version), cancellationToken));
        ModelMetadata.Write(context, context.Get(_output), result);
        context.Terminal.Show(result, Shapes.EnvironmentColumns);
        return ExitCodes.Ok;
    }
}
