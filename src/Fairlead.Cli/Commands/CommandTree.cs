using System.CommandLine;
using System.CommandLine.Help;
using Fairlead.Cli.Commands.Computes;
using Fairlead.Cli.Commands.Endpoints;
using Fairlead.Cli.Commands.Environments;
using Fairlead.Cli.Commands.Gateways;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Commands.Scoring;
using Fairlead.Cli.Commands.Server;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Commands.Workspace;
using Fairlead.Cli.Demo;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands;

/// <summary>Every command there is: the table of contents of the command line.</summary>
internal static class CommandTree
{
    public static RootCommand Build(GlobalOptions globals)
    {
        var root = new RootCommand("Fairlead: deploy a model as a web service, on this machine or a Kubernetes cluster.")
        {
            Group("model", "Register models and deploy them.",
                new RegisterCommand(), new ListModelsCommand(), new ShowModelCommand(), new UpdateModelCommand(),
                new DeleteModelCommand(), new DownloadModelCommand(), new DeployCommand()),
            Group("service", "Look after deployed services.",
                new ListServicesCommand(), new ShowServiceCommand(), new RunCommand(ServiceKind.Service), new UpdateServiceCommand(),
                new DeleteServiceCommand(), new GetKeysCommand(ServiceKind.Service), new RegenerateKeyCommand(ServiceKind.Service),
                new GetTokenCommand(ServiceKind.Service), new LogsCommand("get-logs")),
            Group("endpoint", "Endpoints: one name and key for several versions.",
                Group("realtime", "Endpoints that answer at once; model deploy --compute-type aksendpoint makes one.",
                    new ListEndpointsCommand(), new ShowEndpointCommand(), new UpdateEndpointCommand(), new DeleteEndpointCommand(),
                    new CreateVersionCommand(), new UpdateVersionCommand(), new DeleteVersionCommand(),
                    new RunCommand(ServiceKind.Endpoint), new GetKeysCommand(ServiceKind.Endpoint),
                    new RegenerateKeyCommand(ServiceKind.Endpoint), new GetTokenCommand(ServiceKind.Endpoint),
                    new EndpointLogsCommand())),
            Group("environment", "Describe what services run in.",
                new ScaffoldCommand(), new RegisterEnvironmentCommand(), new ListEnvironmentsCommand(),
                new ShowEnvironmentCommand(), new DownloadEnvironmentCommand()),
            Group("workspace", "The workspace itself.", new ShowWorkspaceCommand()),
            Group("gateway", "The router in front of all services.", new GatewayStatusCommand()),
            Group("computetarget", "Where services run.",
                Group("attach", "Attach a cluster.", new AttachCommand("kubernetes", "Kubernetes"), new AttachCommand("aks", "AKS")),
                Group("update", "Change how a cluster is attached.", new UpdateComputeCommand("kubernetes"), new UpdateComputeCommand("aks")),
                new ListComputesCommand(), new ShowComputeCommand(), new CheckComputeCommand(), new DetachCommand(),
                new DeleteComputeCommand(), new GetCredentialsCommand()),
            Group("scoring", "Serve an entry script by itself, for debugging.", new RunScriptCommand()),
            new LogsCommand("logs"),
            new ProbeCommand(),
            new UpCommand(),
            new DownCommand(),
            new StatusCommand(),
            new DemoCommand(),
            new CompletionCommand(),
            new VersionCommand(),
        };
        globals.AddTo(root);
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            // A slash begins a path here.
            option.Aliases.Remove("/h");
            option.Aliases.Remove("/?");
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
        }

        AddShortVerbose(root, globals.VerboseShort);
        return root;
    }

    private static Command Group(string name, string description, params Command[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
        {
            group.Subcommands.Add(verb);
        }

        return group;
    }

    private static void AddShortVerbose(Command command, Option<bool> option)
    {
        if (!command.Options.Any(other => other.Aliases.Contains("-v")))
        {
            command.Options.Add(option);
        }

        foreach (var child in command.Subcommands)
        {
            AddShortVerbose(child, option);
        }
    }
}
