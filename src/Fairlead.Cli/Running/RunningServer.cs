namespace Fairlead.Cli.Running;

/// <summary>What server.json says.</summary>
internal sealed record RunningServer(int ProcessId, Uri WorkspaceUrl, Uri GatewayUrl, string? StartedAt)
{
    /// <summary>Whether that process is there and is a Fairlead server, not another that got its number.</summary>
    public bool IsAlive() => ServerProcess.IsServer(ProcessId);
}
