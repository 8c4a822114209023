using System.CommandLine;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime delete</c>.</summary>
internal sealed class DeleteEndpointCommand : ServiceVerb
{
    private readonly Option<bool> _noWait;
    private readonly Option<bool> _force;

    public DeleteEndpointCommand()
        : base(
            "delete", "Delete an endpoint with all its versions: requests in flight end first.", ServiceKind.Endpoint,
            "fairlead endpoint realtime delete -n iris")
    {
        _noWait = Switch("--no-wait", "Return as soon as the deletion has begun.");
        _force = Switch("--force", "Cancel deployments of its versions that run, instead of being refused.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var operation = await context.Client.Endpoints.DeleteAsync(name, context.Get(_force), cancellationToken);
        return await DeletionOutcome.ShowAsync(context, $"endpoint {name}", operation, context.Get(_noWait), cancellationToken);
    }
}
