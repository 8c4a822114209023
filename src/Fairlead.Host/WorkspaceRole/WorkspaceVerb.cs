using System.CommandLine;
using Fairlead.Host.Hosting;

namespace Fairlead.Host.WorkspaceRole;

/// <summary><c>fairleadd workspace</c>: the workspace API alone, one of several that share a database and a blob store.</summary>
internal static class WorkspaceVerb
{
    private const int DefaultPort = 8470;

    public static Command Create()
    {
        var data = RoleOptions.Data("Folder of this process alone, for logs of clusters.");
        var bind = RoleOptions.Bind();
        var port = RoleOptions.Port("--port", "Port of the workspace API; 0 for any free one.", DefaultPort);
        var drain = RoleOptions.Drain();
        var command = new Command(
            "workspace", "Runs the workspace API for attached clusters, without local compute, until SIGTERM. Several share one PostgreSQL database.")
        {
            data, bind, port, drain,
        };
        command.SetAction((result, cancellationToken) => Guard.RunAsync(() => WorkspaceRun.RunAsync(
            RoleOptions.DataFolder(result.GetValue(data)),
            result.GetValue(bind)!, result.GetValue(port), TimeSpan.FromSeconds(result.GetValue(drain)), cancellationToken)));
        return command;
    }
}
