using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Commands.Models;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Workspace;

/// <summary><c>fairlead workspace show</c>.</summary>
internal sealed class ShowWorkspaceCommand : Verb
{
    private readonly Option<string?> _output;

    public ShowWorkspaceCommand()
        : base("show", "Show the workspace: its ids, where it is, its compute targets.", "fairlead workspace show") =>
        _output = Text("--output-metadata-file", "File to write the result to as JSON.", "-t");

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var options = context.Client.Options;
        var computes = await context.Client.Computes.ListAsync(cancellationToken);
        var result = new JsonObject
        {
            ["name"] = options.Workspace,
            ["resourceGroup"] = options.ResourceGroup,
            ["subscriptionId"] = options.SubscriptionId,
            ["endpoint"] = options.Endpoint.AbsoluteUri,
            ["computeTargets"] = Shapes.List(computes.Select(Shapes.Of)),
        };
        ModelMetadata.Write(context, context.Get(_output), result);
        context.Terminal.Show(
            result,
            ("name", "name"), ("resource group", "resourceGroup"), ("subscription", "subscriptionId"),
            ("endpoint", "endpoint"), ("compute targets", "computeTargets.name"));
        return ExitCodes.Ok;
    }
}
