using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model download</c>.</summary>
internal sealed class DownloadModelCommand : Verb
{
    private readonly Option<string?> _id;
    private readonly Option<string?> _directory;
    private readonly Option<bool> _overwrite;

    public DownloadModelCommand()
        : base("download", "Download a model's files, each verified.", "fairlead model download -i iris:1 -t ./models")
    {
        _id = Text("--model-id", "name:version.", "-i", required: true);
        _directory = Text("--target-dir", "Folder to write to.", "-t", required: true);
        _overwrite = Switch("--overwrite", "Replace files that are there already.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var id = context.WantedName = context.Get(_id)!;
        var files = await TransferBar.RunAsync(
            context.Terminal,
            $"download of {id}",
            progress => context.Client.Models.DownloadAsync(
                id, context.FullPath(context.Get(_directory)!), context.Get(_overwrite), progress, cancellationToken));
        context.Terminal.Show(new JsonObject
        {
            ["modelId"] = id,
            ["files"] = new JsonArray([.. files.Select(file => JsonValue.Create(file))]),
        });
        return ExitCodes.Ok;
    }
}
