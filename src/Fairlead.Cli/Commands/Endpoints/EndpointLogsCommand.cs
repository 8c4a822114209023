using System.CommandLine;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime get-logs</c>: of one version.</summary>
internal sealed class EndpointLogsCommand : ServiceVerb
{
    private readonly Option<string?> _version;
    private readonly Option<int?> _lines;
    private readonly Option<bool?> _init;
    private readonly Option<bool> _follow;

    public EndpointLogsCommand()
        : base(
            "get-logs", "Show the logs of a version's replicas, those that are gone included.", ServiceKind.Endpoint,
            "fairlead endpoint realtime get-logs -n iris --vn green -l 100 -f")
    {
        _version = Text("--version-name", "The version. [default: the default one]", "--vn");
        _lines = Whole("--num_lines", "Most lines. [default: 5000]", "-l");
        _lines.Aliases.Add("--num-lines");
        _init = DeclareFlag(this, "--init", "Logs of the preparation instead: environment, downloads. [default: false]", "-i");
        _follow = Switch("--follow", "Go on with new lines until Ctrl-C.", "-f");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var endpoint = await context.Client.Endpoints.GetAsync(ServiceName(context), cancellationToken);
        var wanted = context.Get(_version);
        var version = endpoint.Versions.FirstOrDefault(version => wanted is null ? version.IsDefault : version.Name == wanted)
            ?? throw FairleadException.InvalidArgument(
                "version-name", wanted, "one of " + string.Join(", ", endpoint.Versions.Select(version => version.Name)));
        try
        {
            var lines = context.Client.Services.ReadLogsAsync(
                version.Service.Name, context.Get(_lines) ?? 5000, context.Get(_follow), context.Get(_init) ?? false, cancellationToken);
            await foreach (var line in lines)
            {
                context.Terminal.WriteOut(line);
            }
        }
        catch (OperationCanceledException) when (context.Get(_follow))
        {
            // Ctrl-C is how following ends.
        }

        return ExitCodes.Ok;
    }
}
