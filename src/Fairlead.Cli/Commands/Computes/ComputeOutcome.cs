using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Spectre.Console;

namespace Fairlead.Cli.Commands.Computes;

/// <summary>Waits for an operation on a compute target, shows what is done, and says how it ended.</summary>
internal static class ComputeOutcome
{
    public static async Task<int> ShowAsync(VerbContext context, ComputeDto begun, bool noWait, CancellationToken cancellationToken)
    {
        if (noWait)
        {
            context.Terminal.Say($"attaching {begun.Name} (operation {begun.OperationId}); see: fairlead computetarget show -n {begun.Name}");
            context.Terminal.Show(Shapes.Of(begun), Shapes.ComputeColumns);
            return ExitCodes.Ok;
        }

        if (await WaitAsync(context, begun.Name, begun.OperationId!, cancellationToken) is { } error)
        {
            ErrorPrinter.PrintDocument(context.Terminal, error);
            return ExitCodes.DeploymentFailed;
        }

        var compute = await context.Client.Computes.GetAsync(begun.Name, cancellationToken);
        context.Terminal.Say($"compute target {compute.Name} is attached: Kubernetes {compute.KubernetesVersion}, {compute.AgentCount} nodes"
            + (compute.GatewayUrl.Length > 0 ? $", gateway {compute.GatewayUrl}" : ""));
        context.Terminal.Show(Shapes.Of(compute), Shapes.ComputeColumns);
        return ExitCodes.Ok;
    }

    /// <summary>Null when the operation succeeded.</summary>
    public static async Task<ErrorDocument?> WaitAsync(
        VerbContext context, string name, string operationId, CancellationToken cancellationToken)
    {
        context.Note($"operation {operationId}");
        var operation = context.Terminal.IsLive
            ? await context.Terminal.People.Status().StartAsync(
                name, status => context.Client.Operations.WaitAsync(operationId, Tell(text => status.Status(Markup.Escape(text))), cancellationToken))
            : await context.Client.Operations.WaitAsync(operationId, Tell(text => context.Terminal.Say($"{name}: {text}")), cancellationToken);
        return operation.State == OperationState.Succeeded
            ? null
            : operation.Error ?? ErrorDocument.Of(ErrorCodes.InstallationFailed, 400, $"The operation ended as {operation.State}, without saying why.");
    }

    private static Func<OperationDto, Task> Tell(Action<string> say)
    {
        string? last = null;
        return operation =>
        {
            if (operation.Activity is { } activity && activity != last)
            {
                say(last = activity);
            }

            return Task.CompletedTask;
        };
    }
}
