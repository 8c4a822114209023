using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Services;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime list</c>.</summary>
internal sealed class ListEndpointsCommand : Verb
{
    private readonly Option<string?> _model, _modelId;
    private readonly Option<string[]> _tags, _properties;
    private readonly IgnoredOptions _ignored;

    public ListEndpointsCommand()
        : base("list", "List endpoints.", "fairlead endpoint realtime list -o table")
    {
        _model = Text("--model-name", "Only with a version of this model.");
        _modelId = Text("--model-id", "Only with this model, name:version.");
        _tags = Texts("--tag", "Only with this tag: key or key=value.");
        _properties = Texts("--property", "Only with this property: key or key=value.");
        _ignored = new IgnoredOptions(this, "all endpoints are of one type", ("--compute-type", "-c"));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        var filter = new ServiceFilter
        {
            ModelName = context.Get(_model),
            ModelId = context.Get(_modelId),
            Tags = context.Get(_tags),
            Properties = context.Get(_properties),
        };
        var endpoints = await context.Client.Endpoints.ListAsync(filter, cancellationToken);
        context.Terminal.Show(Shapes.List(endpoints.Select(Shapes.Of)), Shapes.EndpointColumns);
        return ExitCodes.Ok;
    }
}
