using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Server;

/// <summary><c>fairlead down</c>.</summary>
internal sealed class DownCommand : Verb
{
    private readonly Option<int?> _timeout;

    public DownCommand()
        : base("down", "Stop the server on this machine: requests in flight end first, then its replicas.", "fairlead down") =>
        _timeout = Whole("--timeout", "Seconds to wait for its end. [default: 90]");

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var server = context.Data.FindServer();
        if (server is null || !server.IsAlive())
        {
            context.Terminal.Say($"no server runs on {context.Data.Path}");
            return ExitCodes.Ok;
        }

        var patience = TimeSpan.FromSeconds(context.Get(_timeout) ?? 90);
        if (!await new ServerStarter(context.Host, context.Data).StopAsync(server, patience, cancellationToken))
        {
            context.Terminal.Say(
                $"error: the server (process {server.ProcessId}) still runs after {patience.TotalSeconds:0} s; see {context.Data.LogFile}");
            return ExitCodes.Error;
        }

        context.Terminal.Say($"stopped the server (process {server.ProcessId})");
        return ExitCodes.Ok;
    }
}
