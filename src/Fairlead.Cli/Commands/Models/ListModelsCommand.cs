using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Models;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model list</c>.</summary>
internal sealed class ListModelsCommand : Verb
{
    private readonly Option<string?> _name;
    private readonly Option<bool> _latest;
    private readonly Option<string[]> _tags;
    private readonly Option<string[]> _properties;
    private readonly Option<string?> _runId;
    private readonly IgnoredOptions _ignored;

    public ListModelsCommand()
        : base("list", "List models, newest first.", "fairlead model list -o table", "fairlead model list -n iris --latest --tag owner=me")
    {
        _name = Text("--model-name", "Only versions of this model.", "-n");
        _latest = Switch("--latest", "Only the newest version of each.", "-l");
        _tags = Texts("--tag", "Only with this tag: key or key=value.");
        _properties = Texts("--property", "Only with this property: key or key=value.");
        _runId = Text("--run-id", "Only from this run.");
        _ignored = new IgnoredOptions(this, "this workspace keeps no datasets", ("--dataset-id", null));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        var filter = new ModelFilter
        {
            Name = context.Get(_name),
            Latest = context.Get(_latest),
            Tags = context.Get(_tags),
            Properties = context.Get(_properties),
            RunId = context.Get(_runId),
        };
        var models = await context.Client.Models.ListAsync(filter, cancellationToken);
        context.Terminal.Show(Shapes.List(models.Select(Shapes.Of)), Shapes.ModelColumns);
        return ExitCodes.Ok;
    }
}
