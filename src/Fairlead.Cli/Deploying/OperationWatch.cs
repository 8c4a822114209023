using Fairlead.Cli.Running;
using Fairlead.Client;
using Fairlead.Contracts.Api;
using Spectre.Console;

namespace Fairlead.Cli.Deploying;

/// <summary>Shows a deployment while it goes on: a live table of replicas for a person, lines of changes for a log.</summary>
internal static class OperationWatch
{
    public static Task<OperationDto> RunAsync(
        VerbContext context, string service, string operationId, CancellationToken cancellationToken) =>
        context.Terminal.IsLive
            ? context.Terminal.People.Live(new Markup("deploying …")).AutoClear(true).StartAsync(
                live => WaitAsync(context, service, operationId, (operation, now) => live.UpdateTarget(Picture(operation, now)), cancellationToken))
            : WaitInLinesAsync(context, service, operationId, cancellationToken);

    private static Task<OperationDto> WaitInLinesAsync(
        VerbContext context, string service, string operationId, CancellationToken cancellationToken)
    {
        string? last = null;
        return WaitAsync(
            context,
            service,
            operationId,
            (operation, now) =>
            {
                var line = $"{service}: {operation.Activity ?? now?.DeploymentStatus.Activity ?? operation.State.ToString()}"
                    + (now is null ? "" : $" ({now.DeploymentStatus.AvailableReplicas} of {now.DeploymentStatus.DesiredReplicas} replicas ready)");
                if (line != last)
                {
                    context.Terminal.Say(last = line);
                }
            },
            cancellationToken);
    }

    private static Task<OperationDto> WaitAsync(
        VerbContext context, string service, string operationId, Action<OperationDto, ServiceDto?> show, CancellationToken cancellationToken) =>
        context.Client.Operations.WaitAsync(
            operationId,
            async operation => show(operation, await FindAsync(context.Client, service, cancellationToken)),
            cancellationToken);

    private static async Task<ServiceDto?> FindAsync(FairleadClient client, string service, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Services.GetAsync(service, cancellationToken);
        }
        catch (FairleadApiException)
        {
            return null;
        }
    }

    private static Rows Picture(OperationDto operation, ServiceDto? service)
    {
        var status = service?.DeploymentStatus;
        var title = new Markup(Markup.Escape($"{operation.Activity ?? status?.Activity ?? operation.State.ToString()} …"));
        if (status is null or { Replicas.Count: 0 })
        {
            return new Rows(title);
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("replica", "version", "state", "restarts", "reason");
        foreach (var replica in status.Replicas)
        {
            table.AddRow(
                Markup.Escape(replica.Id),
                FormattableString.Invariant($"{replica.Generation}"),
                $"[{Colour(replica.State)}]{replica.State}[/]",
                FormattableString.Invariant($"{replica.Restarts}"),
                Markup.Escape(replica.Reason ?? ""));
        }

        return new Rows(title, table);
    }

    private static string Colour(Contracts.Services.ReplicaState state) => state switch
    {
        Contracts.Services.ReplicaState.Ready => "green",
        Contracts.Services.ReplicaState.Starting => "yellow",
        Contracts.Services.ReplicaState.Draining => "blue",
        Contracts.Services.ReplicaState.BackOff => "red",
        Contracts.Services.ReplicaState.Stopped => "grey",
    };
}
