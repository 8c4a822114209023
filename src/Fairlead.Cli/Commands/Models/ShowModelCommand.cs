using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Models;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model show</c>.</summary>
internal sealed class ShowModelCommand : Verb
{
    private readonly Option<string?> _id;
    private readonly Option<string?> _name;
    private readonly Option<string?> _version;
    private readonly Option<string?> _runId;

    public ShowModelCommand()
        : base("show", "Show a model.", "fairlead model show -i iris:1", "fairlead model show -n iris")
    {
        _id = Text("--model-id", "name:version.", "-i");
        _name = Text("--model-name", "Name of the model. [default version: the newest]", "-n");
        _version = Text("--version", "Version of the model.");
        _runId = Text("--run-id", "Only a model of this run.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        context.Terminal.Show(Shapes.Of(await FindAsync(context, cancellationToken)), Shapes.ModelColumns);
        return ExitCodes.Ok;
    }

    private async Task<ModelDto> FindAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var id = context.Get(_id);
        if (id is null && context.Get(_name) is { } name)
        {
            id = context.Get(_version) is { } version
                ? string.Create(CultureInfo.InvariantCulture, $"{name}:{version}")
                : name;
        }

        context.WantedName = id;
        if (id is not null)
        {
            return await context.Client.Models.GetAsync(id, cancellationToken);
        }

        if (context.Get(_runId) is not { } run)
        {
            throw FairleadException.InvalidArgument("model-id", null, "given: -i NAME:VERSION, or -n NAME");
        }

        var models = await context.Client.Models.ListAsync(new ModelFilter { RunId = run }, cancellationToken);
        return models.Count > 0
            ? models[0]
            : throw new FairleadException(ErrorCodes.ModelNotFound, 404, $"there is no model of run '{run}'");
    }
}
