using System.CommandLine;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Environments;

namespace Fairlead.Cli.Commands.Environments;

/// <summary><c>fairlead environment register</c>.</summary>
internal sealed class RegisterEnvironmentCommand : Verb
{
    private readonly Option<string?> _directory, _output;

    public RegisterEnvironmentCommand()
        : base("register", "Register an environment; its version goes up when it changed.", "fairlead environment register -d ./my-env")
    {
        _directory = Text("--directory", "Folder with azureml_environment.json.", "-d", required: true);
        _output = Text("--output-metadata-file", "File to write the result to as JSON.", "-t");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var (definition, warnings) = EnvironmentFolder.Read(context.FullPath(context.Get(_directory)!));
        foreach (var warning in warnings)
        {
            context.Terminal.Warn(warning);
        }

        var registered = await context.Client.Environments.RegisterAsync(definition, cancellationToken);
        context.Terminal.Say($"registered environment {registered.Name}, version {registered.Version}");
        var result = Shapes.Of(registered);
        ModelMetadata.Write(context, context.Get(_output), result);
        context.Terminal.Show(result, Shapes.EnvironmentColumns);
        return ExitCodes.Ok;
    }
}
