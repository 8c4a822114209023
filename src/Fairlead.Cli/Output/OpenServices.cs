namespace Fairlead.Cli.Output;

/// <summary>What is said of services without authentication.</summary>
internal static class OpenServices
{
    public static string Warning(string name) =>
        $"WARNING: service {name} has NO AUTHENTICATION: whoever reaches its address may call it. "
        + $"Switch it on with: fairlead service update -n {name} --auth-enabled true";
}
