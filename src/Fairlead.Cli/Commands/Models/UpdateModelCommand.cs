using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model update</c>.</summary>
internal sealed class UpdateModelCommand : Verb
{
    private readonly Option<string?> _id;
    private readonly Option<string[]> _addTags;
    private readonly Option<string[]> _removeTags;
    private readonly Option<string[]> _addProperties;
    private readonly Option<string?> _description;
    private readonly Option<double?> _cpu;
    private readonly Option<double?> _memory;
    private readonly Option<int?> _gpu;
    private readonly IgnoredOptions _ignored;

    public UpdateModelCommand()
        : base("update", "Change a model's tags, properties or description.", "fairlead model update -i iris:1 --add-tag stage=prod --remove-tag draft")
    {
        _id = Text("--model-id", "name:version.", "-i", required: true);
        _addTags = Texts("--add-tag", "A tag to set, key=value.");
        _removeTags = Texts("--remove-tag", "Key of a tag to take away.");
        _addProperties = Texts("--add-property", "A property to add, key=value; it cannot be changed later.");
        _description = Text("--description", "New description.");
        _cpu = Number("--cpu-cores", "Cores a service with this model needs.", "--cc");
        _memory = Number("--memory-gb", "GB of memory a service with this model needs.", "--gb");
        _gpu = Whole("--gpu-cores", "GPUs a service with this model needs.", "--gc");
        _ignored = new IgnoredOptions(
            this, "this workspace keeps no datasets", ("--sample-input-dataset-id", null), ("--sample-output-dataset-id", null));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        var id = context.WantedName = context.Get(_id)!;
        var steps = new List<PatchStep>();
        Add("/kvTags/", KeyValues.Parse("add-tag", context.Get(_addTags)));
        Add("/properties/", KeyValues.Parse("add-property", context.Get(_addProperties)));
        steps.AddRange((context.Get(_removeTags) ?? []).Select(key => new PatchStep("remove", "/kvTags/" + Escape(key.Split('=')[0]))));
        if (context.Get(_description) is { } description)
        {
            steps.Add(new PatchStep("add", "/description", JsonValue.Create(description)));
        }

        if (context.Has(_cpu) || context.Has(_memory) || context.Has(_gpu))
        {
            var current = (await context.Client.Models.GetAsync(id, cancellationToken)).ResourceRequirements
                ?? new ContainerResourceRequirements();
            var needs = new ContainerResourceRequirements
            {
                Cpu = context.Get(_cpu) ?? current.Cpu,
                MemoryInGB = context.Get(_memory) ?? current.MemoryInGB,
                Gpu = context.Get(_gpu) ?? current.Gpu,
            };
            steps.Add(new PatchStep(
                "add", "/resourceRequirements", Shapes.Node(needs, ContractsJson.Default.ContainerResourceRequirements)));
        }

        if (steps.Count == 0)
        {
            throw FairleadException.InvalidArgument("change", null, "given: --add-tag, --remove-tag, --add-property, --description or resources");
        }

        context.Terminal.Show(Shapes.Of(await context.Client.Models.UpdateAsync(id, steps, cancellationToken)), Shapes.ModelColumns);
        return ExitCodes.Ok;

        void Add(string prefix, IReadOnlyDictionary<string, string>? values) => steps.AddRange(
            (values ?? new Dictionary<string, string>()).Select(
                pair => new PatchStep("add", prefix + Escape(pair.Key), JsonValue.Create(pair.Value))));
    }

    // A part of a JSON pointer.
    private static string Escape(string key) =>
        key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
