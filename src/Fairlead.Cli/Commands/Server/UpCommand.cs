using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Server;

/// <summary><c>fairlead up</c>.</summary>
internal sealed class UpCommand : Verb
{
    private readonly ServerOptions _server;
    private readonly Option<bool> _foreground;

    public UpCommand()
        : base(
            "up",
            "Start a server on this machine: workspace, gateway and local compute in one.",
            "fairlead up",
            "fairlead up --data ./data --port 8080 --gateway-port 8081 --foreground")
    {
        _server = new ServerOptions(this);
        _foreground = Switch("--foreground", "Stay in this terminal, for service managers and containers.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var starter = new ServerStarter(context.Host, context.Data);
        if (context.Get(_foreground))
        {
            starter.RefuseSecond();
            var program = starter.FindProgram();
            var error = ServerProcess.Become(program, _server.Read(context));
            throw new IOException($"'{program}' could not be started: {error}");
        }

        var server = await starter.StartAsync(_server.Read(context), cancellationToken);
        context.Terminal.Say($"the server runs (process {server.ProcessId}); stop it with: fairlead down");
        ServerShape.Show(context, server);
        return ExitCodes.Ok;
    }
}
