namespace Fairlead.Cli.Running;

/// <summary>What the command line takes from the process around it; tests give their own.</summary>
internal sealed record CliHost
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Reads an environment variable; null when unset or empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required string CurrentDirectory { get; init; }

    public required string HomeDirectory { get; init; }

    /// <summary>Folder of the binary.</summary>
    public required string BinaryDirectory { get; init; }

    /// <summary>Whether a person watches standard error: live displays and colour.</summary>
    public required bool IsErrorInteractive { get; init; }

    /// <summary>Whether a person watches standard output.</summary>
    public required bool IsOutInteractive { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static CliHost OfThisProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
        CurrentDirectory = Environment.CurrentDirectory,
        HomeDirectory = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify),
        BinaryDirectory = AppContext.BaseDirectory,
        IsErrorInteractive = !Console.IsErrorRedirected && !IsDumb(),
        IsOutInteractive = !Console.IsOutputRedirected && !IsDumb(),
    };

    private static bool IsDumb() =>
        Environment.GetEnvironmentVariable("TERM") == "dumb" || Environment.GetEnvironmentVariable("CI") is { Length: > 0 };
}
