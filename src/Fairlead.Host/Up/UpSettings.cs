namespace Fairlead.Host.Up;

/// <summary>What the command line of <c>fairleadd up</c> says.</summary>
internal sealed record UpSettings
{
    public required string DataDirectory { get; init; }

    /// <summary>The token of workspace and gateway.</summary>
    public string AdminTokenFile => Path.Combine(DataDirectory, "admin-token");

    /// <summary>Address both listeners bind to.</summary>
    public required string BindAddress { get; init; }

    /// <summary>Port of the workspace API; 0 for any free one.</summary>
    public required int WorkspacePort { get; init; }

    /// <summary>Port of the gateway; 0 for any free one.</summary>
    public required int GatewayPort { get; init; }

    /// <summary>Port of the gateway for HTTP/2 without TLS; null for none.</summary>
    public int? GatewayHttp2Port { get; init; }

    /// <summary>Port of the gateway for HTTPS; null for none.</summary>
    public int? GatewayHttpsPort { get; init; }

    public string? TlsCertificateFile { get; init; }

    public string? TlsKeyFile { get; init; }

    /// <summary>Interpreter of services that name none.</summary>
    public required string Python { get; init; }

    /// <summary>Path of <c>fairlead-scoring</c>.</summary>
    public required string ScoringHost { get; init; }
}
