using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client;
using Fairlead.Client.Services;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Deploying;

/// <summary>Waits for a deployment and says how it ended.</summary>
internal static class DeploymentOutcome
{
    private const int LogLines = 20;

    public static async Task<int> WaitAndShowAsync(
        VerbContext context, string name, AcceptedService accepted, CancellationToken cancellationToken)
    {
        if (accepted.OperationId is { } operationId)
        {
            context.Note($"operation {operationId}");
            var operation = await OperationWatch.RunAsync(context, name, operationId, cancellationToken);
            if (operation.State != OperationState.Succeeded)
            {
                return await FailedAsync(context, name, operation, cancellationToken);
            }
        }

        var service = await context.Client.Services.GetAsync(name, cancellationToken);
        context.Terminal.Say($"service {name} is {service.State} at {service.ScoringUri}");
        context.Terminal.Say($"try it: fairlead service run -n {name} -d @request.json");
        context.Terminal.Say(
            service.AuthEnabled ? $"keys:   fairlead service get-keys -n {name}; callers send 'Authorization: Bearer KEY'"
            : service.AadAuthEnabled ? $"token:  fairlead service get-access-token -n {name}; callers send 'Authorization: Bearer TOKEN'"
            : OpenServices.Warning(name));
        if (service.DeploymentStatus.Warning is { } warning)
        {
            context.Terminal.Warn(warning);
        }

        context.Terminal.Show(Shapes.Of(service), Shapes.ServiceColumns);
        return ExitCodes.Ok;
    }

    public static async Task<int> FailedAsync(
        VerbContext context, string name, OperationDto operation, CancellationToken cancellationToken,
        string remedy = "run the same command again, with --overwrite")
    {
        var terminal = context.Terminal;
        var error = operation.Error ?? ErrorDocument.Of(
            ErrorCodes.DeploymentFailed, 400, $"the operation ended as {operation.State}, without saying why");
        terminal.Say($"Service deployment polling reached non-successful terminal state, current service state: {await StateAsync(context.Client, name, cancellationToken)}");
        terminal.Say($"Operation ID: {operation.Id}");
        if (!terminal.IsLive)
        {
            // For scripts that read v1's text (§1.6). In a terminal the same stands below, for people.
            terminal.Say("Error:");
            terminal.Say(ErrorPrinter.Json(error));
        }

        ErrorPrinter.PrintDocument(terminal, error);
        if (!error.Details.Any(detail => detail.Message.Contains('\n', StringComparison.Ordinal)))
        {
            await TailAsync(context, name, cancellationToken);
        }

        terminal.Say($"The whole log: fairlead service get-logs -n {name}. Mend the cause and {remedy}.");
        return ExitCodes.DeploymentFailed;
    }

    private static async Task<string> StateAsync(FairleadClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.Services.GetAsync(name, cancellationToken)).State.ToString();
        }
        catch (FairleadApiException)
        {
            return "Failed";
        }
    }

    private static async Task TailAsync(VerbContext context, string name, CancellationToken cancellationToken)
    {
        try
        {
            var lines = new List<string>();
            await foreach (var line in context.Client.Services.ReadLogsAsync(name, LogLines, false, false, cancellationToken))
            {
                lines.Add(line);
            }

            if (lines.Count > 0)
            {
                context.Terminal.Say($"The last lines of its log:\n  {string.Join("\n  ", lines)}");
            }
        }
        catch (FairleadApiException)
        {
            // Failed before anything ran: there is no log.
        }
    }
}
