using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Services;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service list</c>.</summary>
internal sealed class ListServicesCommand : Verb
{
    private readonly Option<string?> _type, _model, _modelId;
    private readonly Option<string[]> _tags, _properties;
    private readonly IgnoredOptions _ignored;

    public ListServicesCommand()
        : base("list", "List services.", "fairlead service list -o table", "fairlead service list --model-name iris --tag stage=prod")
    {
        _type = Text("--compute-type", "Only of this compute type.", "-c");
        _model = Text("--model-name", "Only with a version of this model.");
        _modelId = Text("--model-id", "Only with this model, name:version.");
        _tags = Texts("--tag", "Only with this tag: key or key=value.");
        _properties = Texts("--property", "Only with this property: key or key=value.");
        _ignored = new IgnoredOptions(this, "services are not listed by image", ("--image-digest", null));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        var filter = new ServiceFilter
        {
            ComputeType = context.Get(_type),
            ModelName = context.Get(_model),
            ModelId = context.Get(_modelId),
            Tags = context.Get(_tags),
            Properties = context.Get(_properties),
        };
        var services = await context.Client.Services.ListAsync(filter, cancellationToken);
        context.Terminal.Show(Shapes.List(services.Select(Shapes.Of)), Shapes.ServiceColumns);
        return ExitCodes.Ok;
    }
}
