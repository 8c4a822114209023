using System.CommandLine;
using Fairlead.Host.Up;

namespace Fairlead.Host.WorkspaceRole;

/// <summary><c>fairleadd workspace</c>: the workspace API alone, one of several that share a database and a blob store.</summary>
internal static class WorkspaceVerb
{
    private const int DefaultPort = 8470;
    private const int MaxDrain = 300;

    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "Folder of this process alone, for logs of clusters. Default: $FAIRLEAD_DATA, else ~/.fairlead.",
            HelpName = "DIR",
        };
        var bind = new Option<string>("--bind")
        {
            Description = "Address to listen on; give 0.0.0.0 to be reached from other machines.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port")
        {
            Description = "Port of the workspace API; 0 for any free one.",
            HelpName = "PORT",
            DefaultValueFactory = _ => DefaultPort,
        };
        port.Validators.Add(result => Check(result.GetValue(port), "--port", 65535, result.AddError));
        var drain = new Option<int>("--drain")
        {
            Description = "Seconds to go on taking requests after SIGTERM, for load balancers to notice.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 0,
        };
        drain.Validators.Add(result => Check(result.GetValue(drain), "--drain", MaxDrain, result.AddError));
        var command = new Command(
            "workspace", "Runs the workspace API for attached clusters, without local compute, until SIGTERM. Several share one PostgreSQL database.")
        {
            data, bind, port, drain,
        };
        command.SetAction((result, cancellationToken) => Guard.RunAsync(() => WorkspaceRun.RunAsync(
            Path.GetFullPath(result.GetValue(data) ?? UpVerb.DefaultDataDirectory()),
            result.GetValue(bind)!, result.GetValue(port), TimeSpan.FromSeconds(result.GetValue(drain)), cancellationToken)));
        return command;
    }

    private static void Check(int value, string name, int most, Action<string> addError)
    {
        if (value < 0 || value > most)
        {
            addError($"'{name}' is {value}, but must be from 0 to {most}.");
        }
    }
}
