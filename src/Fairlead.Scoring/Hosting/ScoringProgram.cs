using Fairlead.Scoring.Logging;

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

        if (CommandLine.Parse(arguments, out var error) is not { } given)
        {
            await Console.Error.WriteLineAsync($"fairlead-scoring: {error}");
            return ExitCodes.Usage;
        }

        try
        {
            var reader = new ScoringOptionsReader(
                name => given.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name));
            return await new ScoringHost(reader.Read(), TimeProvider.System).RunAsync();
        }
        catch (StartException exception)
        {
            using var log = new ServerLogProvider(TimeProvider.System);
            log.Write(LogLevel.Error, ServerLogProvider.Server, exception.Message, null);
            return ExitCodes.BootFailure;
        }
    }
}
