using System.Text.Json.Nodes;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Server;

/// <summary>A running server as a result.</summary>
internal static class ServerShape
{
    public static JsonObject Of(VerbContext context, RunningServer server) => new()
    {
        ["pid"] = server.ProcessId,
        ["workspaceUrl"] = server.WorkspaceUrl.AbsoluteUri.TrimEnd('/'),
        ["gatewayUrl"] = server.GatewayUrl.AbsoluteUri.TrimEnd('/'),
        ["dataDirectory"] = context.Data.Path,
        ["startedAt"] = server.StartedAt,
        ["log"] = context.Data.LogFile,
    };

    public static void Show(VerbContext context, RunningServer server) => context.Terminal.Show(
        Of(context, server),
        ("workspace", "workspaceUrl"), ("gateway", "gatewayUrl"), ("data", "dataDirectory"), ("log", "log"), ("process", "pid"));
}
