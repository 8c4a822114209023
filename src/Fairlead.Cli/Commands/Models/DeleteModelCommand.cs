using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model delete</c>.</summary>
internal sealed class DeleteModelCommand : Verb
{
    private readonly Option<string?> _id;

    public DeleteModelCommand()
        : base("delete", "Delete a version of a model. Refused while a service uses it.", "fairlead model delete -i iris:1") =>
        _id = Text("--model-id", "name:version.", "-i", required: true);

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var id = context.WantedName = context.Get(_id)!;
        await context.Client.Models.DeleteAsync(id, cancellationToken);
        context.Terminal.Say($"deleted model {id}");
        return ExitCodes.Ok;
    }
}
