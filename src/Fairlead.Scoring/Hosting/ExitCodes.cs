namespace Fairlead.Scoring.Hosting;

/// <summary>Exit codes of the scoring host.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A command line that is not understood.</summary>
    public const int Usage = 2;

    /// <summary>Start-up failed: configuration, import of the script, <c>init()</c>, or loading of the model (§3.5).</summary>
    public const int BootFailure = 3;

    /// <summary><c>prepare</c> could not put everything in place; the log says what and why.</summary>
    public const int PreparationFailed = 4;
}
