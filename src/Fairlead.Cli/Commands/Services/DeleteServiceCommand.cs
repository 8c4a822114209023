using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service delete</c>.</summary>
internal sealed class DeleteServiceCommand : ServiceVerb
{
    private readonly Option<bool> _noWait;
    private readonly Option<bool> _force;

    public DeleteServiceCommand()
        : base("delete", "Delete a service: requests in flight end first.", "fairlead service delete -n iris")
    {
        _noWait = Switch("--no-wait", "Return as soon as the deletion has begun.");
        _force = Switch("--force", "Cancel a deployment of it that runs, instead of being refused.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var operationId = await context.Client.Services.DeleteAsync(name, context.Get(_force), cancellationToken);
        if (operationId is not null && !context.Get(_noWait))
        {
            var operation = await context.Client.Operations.WaitAsync(operationId, null, cancellationToken);
            if (operation.State != OperationState.Succeeded)
            {
                context.Terminal.Say($"error: the deletion of {name} ended as {operation.State} (operation {operation.Id})");
                if (operation.Error is { } error)
                {
                    ErrorPrinter.PrintDocument(context.Terminal, error);
                }

                return ExitCodes.Error;
            }
        }

        context.Terminal.Say(context.Get(_noWait) ? $"deleting service {name}" : $"deleted service {name}");
        return ExitCodes.Ok;
    }
}
