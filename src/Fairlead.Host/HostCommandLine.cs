using System.CommandLine;
using Fairlead.Host.GatewayRole;
using Fairlead.Host.Operator;
using Fairlead.Host.Up;
using Fairlead.Host.WorkspaceRole;

namespace Fairlead.Host;

/// <summary>The roles of <c>fairleadd</c>, a verb each.</summary>
internal static class HostCommandLine
{
    public static RootCommand Create() => new("Fairlead's server. 'up' runs all roles in one process.")
    {
        UpVerb.Create(),
        WorkspaceVerb.Create(),
        GatewayVerb.Create(),
        OperatorVerb.Create(),
        ReachVerb.Create(),
    };
}
