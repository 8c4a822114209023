using Fairlead.Contracts.Errors;
using Microsoft.Extensions.Options;

namespace Fairlead.Host;

/// <summary>How a verb ends when it cannot start or go on for reasons that the user can mend: a line each, and an exit code.</summary>
internal static class Guard
{
    /// <summary>Runs a verb. Errors of any other kind are bugs, and pass.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (StartupException exception)
        {
            return await EndAsync(exception.ExitCode, exception.Message);
        }
        catch (OptionsValidationException exception)
        {
            return await EndAsync(ExitCodes.BadSetting, [.. exception.Failures]);
        }
        catch (FairleadException exception)
        {
            // What has to be there cannot be had: the database, for example.
            return await EndAsync(ExitCodes.Error, exception.Message);
        }
    }

    private static async Task<int> EndAsync(int exitCode, params string[] messages)
    {
        foreach (var message in messages)
        {
            await Console.Error.WriteLineAsync($"fairleadd: {message}");
        }

        return exitCode;
    }
}
