using System.CommandLine;

namespace Fairlead.Host.GatewayRole;

/// <summary><c>fairleadd gateway</c>: a gateway alone in a process, in front of replicas that a file names.</summary>
internal static class GatewayVerb
{
    private const int DefaultPort = 8480;

    public static Command Create()
    {
        var routes = new Option<string>("--routes")
        {
            Description = "JSON file with the services and their replicas; read again when it changes.",
            HelpName = "FILE",
            Required = true,
        };
        var bind = new Option<string>("--bind")
        {
            Description = "Address to listen on; give 0.0.0.0 to be reached from other machines.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port")
        {
            Description = "Port of the scoring URLs; 0 for any free one.",
            HelpName = "PORT",
            DefaultValueFactory = _ => DefaultPort,
        };
        port.Validators.Add(result =>
        {
            if (result.GetValue(port) is < 0 or > 65535)
            {
                result.AddError($"'--port' is {result.GetValue(port)}, but must be from 0 to 65535.");
            }
        });
        var command = new Command(
            "gateway", "Runs a gateway in front of replicas that a file names, until SIGTERM. Several share their queues.")
        {
            routes, bind, port,
        };
        command.SetAction((result, cancellationToken) => GatewayRun.RunAsync(
            Path.GetFullPath(result.GetValue(routes)!), result.GetValue(bind)!, result.GetValue(port), cancellationToken));
        return command;
    }
}
