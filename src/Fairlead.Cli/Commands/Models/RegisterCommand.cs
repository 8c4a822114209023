using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Models;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model register</c>.</summary>
internal sealed class RegisterCommand : Verb
{
    private readonly Option<string?> _name;
    private readonly Option<string?> _path;
    private readonly Option<string?> _assetPath;
    private readonly Option<string?> _description;
    private readonly Option<string?> _framework;
    private readonly Option<string?> _frameworkVersion;
    private readonly Option<string[]> _tags;
    private readonly Option<string[]> _properties;
    private readonly Option<string?> _runId;
    private readonly Option<string?> _experiment;
    private readonly Option<string?> _output;
    private readonly Option<double?> _cpu;
    private readonly Option<double?> _memory;
    private readonly Option<int?> _gpu;
    private readonly IgnoredOptions _ignored;

    public RegisterCommand()
        : base(
            "register",
            "Register a file or folder as a model. Only what the workspace does not have yet is uploaded.",
            "fairlead model register -n iris -p iris.onnx --model-framework Onnx",
            "fairlead model register -n digits -p ./model_folder --tag owner=me -t model.json")
    {
        _name = Text("--name", "Name of the model; its version is the next one of that name.", "-n", required: true);
        _path = Text("--model-path", "File or folder with the model.", "-p");
        _assetPath = Text("--asset-path", "Path of the model in a run's outputs, relative to --model-path.");
        _description = Text("--description", "Description for people.", "-d");
        _framework = Text("--model-framework", "TensorFlow, ScikitLearn, Onnx, Custom or Multi; Onnx and ScikitLearn models can be deployed with no code.");
        _framework.CompletionSources.Add([.. Contracts.Models.ModelFrameworks.All]);
        _frameworkVersion = Text("--model-framework-version", "Version of that framework.");
        _tags = Texts("--tag", "A tag, key=value.");
        _properties = Texts("--property", "A property, key=value; properties cannot be changed later.");
        _runId = Text("--run-id", "Id of the run the model comes from.", "-r");
        _experiment = Text("--experiment-name", "Name of the experiment the model comes from.");
        _output = Text("--output-metadata-file", "File to write the model's id to, for model deploy -f.", "-t");
        _cpu = Number("--cpu-cores", "Cores a service with this model needs.", "--cc");
        _memory = Number("--memory-gb", "GB of memory a service with this model needs.", "--gb");
        _gpu = Whole("--gpu-cores", "GPUs a service with this model needs.", "--gc");
        _ignored = new IgnoredOptions(
            this,
            "datasets and run records are not kept by this workspace",
            ("--run-metadata-file", "-f"), ("--sample-input-dataset-id", null), ("--sample-output-dataset-id", null));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        var path = (context.Get(_path), context.Get(_assetPath)) switch
        {
            ({ } model, { } asset) => Path.Combine(model, asset),
            ({ } model, null) => model,
            (null, { } asset) => asset,
            _ => throw FairleadException.InvalidArgument("model-path", null, "a file or folder: give -p PATH"),
        };
        var needs = context.Has(_cpu) || context.Has(_memory) || context.Has(_gpu);
        var basis = new ContainerResourceRequirements();
        var registration = new ModelRegistration
        {
            Name = context.Get(_name)!,
            Path = context.FullPath(path),
            Description = context.Get(_description),
            Framework = context.Get(_framework),
            FrameworkVersion = context.Get(_frameworkVersion),
            Tags = KeyValues.Parse("tag", context.Get(_tags)),
            Properties = KeyValues.Parse("property", context.Get(_properties)),
            RunId = context.Get(_runId),
            ExperimentName = context.Get(_experiment),
            ResourceRequirements = !needs ? null : new ContainerResourceRequirements
            {
                Cpu = context.Get(_cpu) ?? basis.Cpu,
                MemoryInGB = context.Get(_memory) ?? basis.MemoryInGB,
                Gpu = context.Get(_gpu),
            },
        };
        var registered = await TransferBar.RunAsync(
            context.Terminal,
            $"upload of {Path.GetFileName(Path.TrimEndingDirectorySeparator(registration.Path))}",
            progress => context.Client.Models.RegisterAsync(registration, progress, cancellationToken));
        context.Terminal.Say($"registered {registered.Id}");
        ModelMetadata.Write(context, context.Get(_output), ModelMetadata.Of(registered, context));
        context.Terminal.Show(Shapes.Of(registered), Shapes.ModelColumns);
        return ExitCodes.Ok;
    }
}
