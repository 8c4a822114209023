namespace Fairlead.Host;

/// <summary>How <c>fairleadd</c> ends. Documented in docs/configuration.md.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Something unexpected; the log says what.</summary>
    public const int Error = 1;

    /// <summary>A setting is wrong; the message names it.</summary>
    public const int BadSetting = 2;

    /// <summary>The data directory belongs to a server that runs.</summary>
    public const int DataDirectoryInUse = 4;

    /// <summary>Another program listens on a wanted port.</summary>
    public const int PortInUse = 7;
}
