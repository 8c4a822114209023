using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget detach</c>.</summary>
internal sealed class DetachCommand : ComputeVerb
{
    private readonly Option<bool> _dryRun;
    private readonly Option<bool> _force;
    private readonly Option<bool> _noWait;

    public DetachCommand()
        : base(
            "detach",
            "Detach a cluster: every object that attaching it made is removed, and nothing else.",
            "fairlead computetarget detach -n prod --dry-run      (lists what would be removed)",
            "fairlead computetarget detach -n prod")
    {
        _dryRun = Switch("--dry-run", "Only list what would be removed.");
        _force = Switch("--force", "The cluster is gone for good: forget it and its services, without asking it.");
        _noWait = Switch("--no-wait", "Return as soon as it has begun.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ComputeName(context);
        if (context.Get(_dryRun))
        {
            var objects = await context.Client.Computes.ListObjectsAsync(name, cancellationToken);
            context.Terminal.Show(
                new JsonArray([.. objects.Select(item => new JsonObject { ["object"] = item })]), ("would be removed", "object"));
            return ExitCodes.Ok;
        }

        var operation = await context.Client.Computes.DetachAsync(name, context.Get(_force), cancellationToken);
        if (operation is not null && context.Get(_noWait))
        {
            context.Terminal.Say($"detaching {name} (operation {operation})");
            return ExitCodes.Ok;
        }

        if (operation is not null && await ComputeOutcome.WaitAsync(context, name, operation, cancellationToken) is { } error)
        {
            ErrorPrinter.PrintDocument(context.Terminal, error);
            return ExitCodes.Error;
        }

        context.Terminal.Say(operation is null ? $"forgot compute target {name}" : $"detached compute target {name}");
        return ExitCodes.Ok;
    }
}
