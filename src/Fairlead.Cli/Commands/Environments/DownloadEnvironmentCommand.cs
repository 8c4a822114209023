using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Running;
using Fairlead.Client.Environments;

namespace Fairlead.Cli.Commands.Environments;

/// <summary><c>fairlead environment download</c>.</summary>
internal sealed class DownloadEnvironmentCommand : Verb
{
    private readonly Option<string?> _name, _directory, _version, _output;
    private readonly Option<bool> _overwrite;

    public DownloadEnvironmentCommand()
        : base("download", "Write a registered environment to a folder.", "fairlead environment download -n my-env -d ./my-env")
    {
        _name = Text("--name", "Name of the environment.", "-n", required: true);
        _directory = Text("--directory", "Folder to write to.", "-d", required: true);
        _version = Text("--version", "Version. [default: the newest]", "-v");
        _output = Text("--output-metadata-file", "File to write the result to as JSON.", "-t");
        _overwrite = Switch("--overwrite", "Replace files that are there already.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.WantedName = context.Get(_name)!;
        var environment = await context.Client.Environments.GetAsync(name, context.Get(_version), cancellationToken);
        var files = EnvironmentFolder.Save(context.FullPath(context.Get(_directory)!), environment.Definition, context.Get(_overwrite));
        var result = new JsonObject
        {
            ["name"] = environment.Name,
            ["version"] = environment.Version,
            ["files"] = new JsonArray([.. files.Select(file => JsonValue.Create(file))]),
        };
        ModelMetadata.Write(context, context.Get(_output), result);
        context.Terminal.Show(result, ("name", "name"), ("version", "version"), ("files", "files"));
        return ExitCodes.Ok;
    }
}
