using Fairlead.Scoring.Logging;
using Fairlead.Scoring.Preparing;

namespace Fairlead.Scoring.Hosting;

/// <summary>From arguments to exit code.</summary>
internal static class ScoringProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help" or "-h"])
        {
            await Console.Out.WriteLineAsync(CommandLine.Help);
            return ExitCodes.Success;
        }

        if (arguments is ["--version"])
        {
            await Console.Out.WriteLineAsync(typeof(ScoringProgram).Assembly.GetName().Version?.ToString(3));
            return ExitCodes.Success;
        }

        if (arguments is [PrepareCommand.Name])
        {
            return await PrepareCommand.RunAsync(CancellationToken.None);
        }

        if (arguments is [WaitCommand.Name, ..])
        {
            return await WaitCommand.RunAsync(arguments[1..], TimeProvider.System);
        }

        if (CommandLine.Parse(arguments, out var error) is not { } given)
        {
            await Console.Error.WriteLineAsync($"fairlead-scoring: {error}");
            return ExitCodes.Usage;
        }

        try
        {
            var settingsFile = TakeSettings(given);
            var reader = new ScoringOptionsReader(Environment.GetEnvironmentVariable);
            return await new ScoringHost(reader.Read() with { SettingsFile = settingsFile }, TimeProvider.System).RunAsync();
        }
        catch (StartException exception)
        {
            using var log = new ServerLogProvider(TimeProvider.System);
            log.Write(LogLevel.Error, ServerLogProvider.Server, exception.Message, null);
            return ExitCodes.BootFailure;
        }
    }

    /// <summary>Puts all settings into this process's variables, which its workers inherit: those of the command line first,
    /// then those that were there, then those of the file, whose path is returned.</summary>
    private static string? TakeSettings(Dictionary<string, string> given)
    {
        foreach (var (name, value) in given)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        var settings = ConfigFile.Read(Environment.GetEnvironmentVariable, out var path);
        foreach (var (name, value) in settings)
        {
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        return settings.Count > 0 ? path : null;
    }
}
