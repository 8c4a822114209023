using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Server;

/// <summary><c>fairlead up</c>.</summary>
internal sealed class UpCommand : Verb
{
    private readonly Option<int?> _port, _gatewayPort;
    private readonly Option<bool> _foreground;

    public UpCommand()
        : base(
            "up",
            "Start a server on this machine: workspace, gateway and local compute in one.",
            "fairlead up",
            "fairlead up --data ./data --port 8080 --gateway-port 8081 --foreground")
    {
        _port = Whole("--port", "Port of the workspace API; 0 for a free one. [default: the server's]");
        _gatewayPort = Whole("--gateway-port", "Port of the gateway; 0 for a free one. [default: the server's]");
        _foreground = Switch("--foreground", "Stay in this terminal, for service managers and containers.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var starter = new ServerStarter(context.Host, context.Data);
        if (context.Get(_foreground))
        {
            starter.RefuseSecond();
            var program = starter.FindProgram();
            var error = ServerProcess.Become(program, starter.Arguments(context.Get(_port), context.Get(_gatewayPort)));
            throw new IOException($"'{program}' could not be started: {error}");
        }

        var server = await starter.StartAsync(context.Get(_port), context.Get(_gatewayPort), cancellationToken);
        context.Terminal.Say($"the server runs (process {server.ProcessId}); stop it with: fairlead down");
        ServerShape.Show(context, server);
        return ExitCodes.Ok;
    }
}
