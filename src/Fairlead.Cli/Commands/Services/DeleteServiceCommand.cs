using System.CommandLine;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service delete</c>.</summary>
internal sealed class DeleteServiceCommand : ServiceVerb
{
    private readonly Option<bool> _noWait;
    private readonly Option<bool> _force;

    public DeleteServiceCommand()
        : base("delete", "Delete a service: requests in flight end first.", ServiceKind.Service, "fairlead service delete -n iris")
    {
        _noWait = Switch("--no-wait", "Return as soon as the deletion has begun.");
        _force = Switch("--force", "Cancel a deployment of it that runs, instead of being refused.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var operationId = await context.Client.Services.DeleteAsync(name, context.Get(_force), cancellationToken);
        return await DeletionOutcome.ShowAsync(context, $"service {name}", operationId, context.Get(_noWait), cancellationToken);
    }
}
