using System.Reflection;
using System.Text.Json.Nodes;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands;

/// <summary><c>fairlead version</c>.</summary>
internal sealed class VersionCommand() : Verb("version", "Show the version of this program.", "fairlead version")
{
    public static string Informational =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    public override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        context.Terminal.Show(new JsonObject { ["fairlead"] = Informational }, ("fairlead", "fairlead"));
        return Task.FromResult(ExitCodes.Ok);
    }
}
