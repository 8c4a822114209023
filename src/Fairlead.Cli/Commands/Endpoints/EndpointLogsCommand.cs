using System.CommandLine;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime get-logs</c>: of one version.</summary>
internal sealed class EndpointLogsCommand : ServiceVerb
{
    private readonly Option<string?> _version;
    private readonly LogOptions _logs;

    public EndpointLogsCommand()
        : base(
            "get-logs", "Show the logs of a version's replicas, those that are gone included.", ServiceKind.Endpoint,
            "fairlead endpoint realtime get-logs -n iris --vn green -l 100 -f")
    {
        _version = Text("--version-name", "The version. [default: the default one]", "--vn");
        _logs = new LogOptions(this);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var endpoint = await context.Client.Endpoints.GetAsync(ServiceName(context), cancellationToken);
        var service = VersionVerb.Find(endpoint, context.Get(_version)).Service;
        return await _logs.ShowAsync(context, service.Name, cancellationToken);
    }
}
