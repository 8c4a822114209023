using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Running;
using Fairlead.Client.Environments;

namespace Fairlead.Cli.Commands.Environments;

/// <summary><c>fairlead environment scaffold</c>.</summary>
internal sealed class ScaffoldCommand : Verb
{
    private readonly Option<string?> _name, _directory, _output;

    public ScaffoldCommand()
        : base("scaffold", "Write the files of a new environment, to be edited and registered.", "fairlead environment scaffold -n my-env -d ./my-env")
    {
        _name = Text("--name", "Name of the environment.", "-n", required: true);
        _directory = Text("--directory", "Folder to write to.", "-d", required: true);
        _output = Text("--output-metadata-file", "File to write the result to as JSON.", "-t");
    }

    public override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var files = EnvironmentFolder.Scaffold(context.FullPath(context.Get(_directory)!), context.Get(_name)!);
        var result = new JsonObject
        {
            ["name"] = context.Get(_name),
            ["files"] = new JsonArray([.. files.Select(file => JsonValue.Create(file))]),
        };
        ModelMetadata.Write(context, context.Get(_output), result);
        context.Terminal.Say($"edit these files, then: fairlead environment register -d {context.Get(_directory)}");
        context.Terminal.Show(result, ("name", "name"), ("files", "files"));
        return Task.FromResult(ExitCodes.Ok);
    }
}
