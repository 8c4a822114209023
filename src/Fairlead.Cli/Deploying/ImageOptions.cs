using System.CommandLine;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;
using Fairlead.Client.Environments;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Environments;

namespace Fairlead.Cli.Deploying;

/// <summary>What runs in a service, as flags: models, entry script, source directory, environment (§2.2).</summary>
internal sealed class ImageOptions
{
    private readonly Option<string[]> _models, _metadata;
    private readonly Option<string?> _inference, _script, _source, _name, _version, _directory, _conda;
    private readonly Option<string?> _image, _registry, _steps, _runtime, _cuda;
    private readonly Option<bool?> _gpu;
    private readonly Option<bool> _noIgnore;

    public ImageOptions(Command command)
    {
        _models = Verb.Declare(command, new Option<string[]>("--model"), "A model, name:version, or name for the newest. May be given many times.", "-m");
        _metadata = Verb.Declare(command, new Option<string[]>("--model-metadata-file"), "A file that model register -t wrote. May be given many times.", "-f");
        _inference = Text("--inference-config-file", "--ic", "JSON or YAML file with entry script, source directory and environment.");
        _script = Text("--entry-script", "--es", "Python file with init() and run(), relative to the source directory.");
        _source = Text("--source-directory", "--sd", "Folder that is uploaded with the entry script. [default: the entry script alone]");
        _name = Text("--environment-name", "-e", "A registered environment.");
        _version = Text("--environment-version", "--ev", "Its version. [default: the newest]");
        _directory = Text("--environment-directory", "--ed", "Folder with an environment, as environment scaffold writes it.");
        _conda = Text("--conda-file", "--cf", "Conda file with the packages the entry script needs.");
        _image = Text("--base-image", "--bi", "Base image; without effect on local compute.");
        _registry = Text("--base-image-registry", "--ir", "Registry of the base image.");
        _steps = Text("--extra-docker-file-steps", "--ds", "File with Docker steps; without effect on local compute.");
        _runtime = Text("--runtime", "--rt", "python, python-slim or spark-py; all run as python.");
        _cuda = Text("--cuda-version", "--cv", "CUDA version; the base image decides.");
        _gpu = Verb.DeclareFlag(command, "--enable-gpu", "Whether the image is for GPUs. [default: false]", "--eg");
        _noIgnore = Verb.Declare(
            command, new Option<bool>("--no-ignore"), "Upload the source directory whole, without heeding .amlignore and .gitignore.");

        Option<string?> Text(string name, string alias, string description) =>
            Verb.Declare(command, new Option<string?>(name), description, alias);
    }

    public DeploymentImage Read(VerbContext context)
    {
        var config = context.Get(_inference) is { } path ? InferenceConfig.Read(context.FullPath(path)) : null;
        foreach (var warning in config?.Warnings ?? [])
        {
            context.Terminal.Warn(warning);
        }

        foreach (var option in new[] { _runtime, _cuda }.Where(context.Has))
        {
            context.Note($"{option.Name} has no effect: the environment decides");
        }

        return new DeploymentImage
        {
            Models = [
                .. context.Get(_models) ?? [],
                .. (context.Get(_metadata) ?? []).Select(file => ModelMetadata.ReadId(context.FullPath(file)))],
            HasModels = context.Has(_models) || context.Has(_metadata),
            EntryScript = context.Get(_script) ?? config?.EntryScript,
            IsScriptOfConfig = context.Get(_script) is null,
            SourceDirectory = context.Get(_source) is { } source ? context.FullPath(source) : config?.SourceDirectory,
            BaseDirectory = config?.BaseDirectory ?? context.Host.CurrentDirectory,
            EnvironmentReference = context.Get(_name) is { } name ? new EnvironmentReference(name, context.Get(_version)) : null,
            Environment = context.Has(_name) ? null : Environment(context) ?? config?.Environment,
            UseIgnoreFiles = !context.Get(_noIgnore),
        };
    }

    private EnvironmentDefinition? Environment(VerbContext context)
    {
        if (context.Get(_directory) is { } directory)
        {
            var (definition, warnings) = EnvironmentFolder.Read(context.FullPath(directory));
            foreach (var warning in warnings)
            {
                context.Terminal.Warn(warning);
            }

            return definition;
        }

        return LegacyEnvironment.Build(
            context.Get(_conda) is { } conda ? context.FullPath(conda) : null,
            context.Get(_image),
            context.Get(_registry),
            context.Get(_steps) is { } steps ? context.FullPath(steps) : null,
            context.Get(_gpu));
    }
}
