using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Services;

namespace Fairlead.Cli.Commands.Server;

/// <summary><c>fairlead status</c>.</summary>
internal sealed class StatusCommand()
    : Verb("status", "Show the server on this machine, its services and their replicas.", "fairlead status -o table")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var server = context.Data.FindServer();
        if (server is not null && !server.IsAlive())
        {
            throw new NoServerException(
                $"the server on {context.Data.Path} is gone without stopping (process {server.ProcessId}); "
                + $"start it again with `fairlead up`, its services come back; its log: {context.Data.LogFile}");
        }

        var services = await context.Client.Services.ListAsync(new ServiceFilter(), cancellationToken);
        var result = server is null ? new JsonObject { ["workspaceUrl"] = context.Client.Options.Endpoint.AbsoluteUri } : ServerShape.Of(context, server);
        result["services"] = Shapes.List(services.Select(Shapes.Of));
        if (!context.Terminal.IsTable)
        {
            context.Terminal.Show(result);
            return ExitCodes.Ok;
        }

        context.Terminal.Show(result, ("workspace", "workspaceUrl"), ("gateway", "gatewayUrl"), ("data", "dataDirectory"), ("process", "pid"));
        context.Terminal.Show(Shapes.List(services.Select(Shapes.Of)), Shapes.ServiceColumns);
        var replicas = services.SelectMany(service => service.DeploymentStatus.Replicas.Select(replica => (JsonNode)new JsonObject
        {
            ["service"] = service.Name,
            ["replica"] = replica.Id,
            ["state"] = replica.State.ToString(),
            ["restarts"] = replica.Restarts,
            ["reason"] = replica.Reason,
        }));
        context.Terminal.Show(
            Shapes.List(replicas),
            ("service", "service"), ("replica", "replica"), ("state", "state"), ("restarts", "restarts"), ("reason", "reason"));
        return ExitCodes.Ok;
    }
}
