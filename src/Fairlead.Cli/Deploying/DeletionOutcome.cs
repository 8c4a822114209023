using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Deploying;

/// <summary>Waits for a deletion and says how it ended.</summary>
internal static class DeletionOutcome
{
    /// <param name="context">Of the command.</param>
    /// <param name="what">With its kind, as in "service iris".</param>
    /// <param name="operationId">Null when it was done at once.</param>
    /// <param name="noWait">Whether only to say that it has begun.</param>
    public static async Task<int> ShowAsync(
        VerbContext context, string what, string? operationId, bool noWait, CancellationToken cancellationToken)
    {
        if (operationId is not null && !noWait)
        {
            var operation = await context.Client.Operations.WaitAsync(operationId, null, cancellationToken);
            if (operation.State != OperationState.Succeeded)
            {
                context.Terminal.Say($"error: the deletion of {what} ended as {operation.State} (operation {operation.Id})");
                if (operation.Error is { } error)
                {
                    ErrorPrinter.PrintDocument(context.Terminal, error);
                }

                return ExitCodes.Error;
            }
        }

        context.Terminal.Say(noWait ? $"deleting {what}" : $"deleted {what}");
        return ExitCodes.Ok;
    }
}
