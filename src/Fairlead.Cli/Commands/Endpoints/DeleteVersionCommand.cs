using System.CommandLine;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime delete-version</c>.</summary>
internal sealed class DeleteVersionCommand : ServiceVerb
{
    private readonly Option<string?> _version;
    private readonly Option<bool> _noWait;
    private readonly Option<bool> _force;

    public DeleteVersionCommand()
        : base(
            "delete-version",
            "Delete a version; its share goes to the default version first, then requests in it end.",
            ServiceKind.Endpoint,
            "fairlead endpoint realtime delete-version -n iris --vn green")
    {
        _version = Text("--version-name", "The version; not the default one.", "--vn", required: true);
        _noWait = Switch("--no-wait", "Return as soon as the deletion has begun.");
        _force = Switch("--force", "Cancel a deployment of it that runs, instead of being refused.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var version = context.Get(_version)!;
        var operation = await context.Client.Endpoints.DeleteVersionAsync(name, version, context.Get(_force), cancellationToken);
        return await DeletionOutcome.ShowAsync(
            context, $"version {version} of {name}", operation, context.Get(_noWait), cancellationToken);
    }
}
