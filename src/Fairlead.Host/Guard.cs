using Fairlead.Contracts.Errors;
using Microsoft.Extensions.Options;

namespace Fairlead.Host;

/// <summary>How a verb ends when it cannot start or go on for a reason that the user can mend: one line, and an exit code.</summary>
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
            return await EndAsync(exception, exception.ExitCode);
        }
        catch (OptionsValidationException exception)
        {
            return await EndAsync(exception, ExitCodes.BadSetting);
        }
        catch (FairleadException exception)
        {
            // What has to be there cannot be had: the database, for example.
            return await EndAsync(exception, ExitCodes.Error);
        }
    }

    private static async Task<int> EndAsync(Exception exception, int exitCode)
    {
        await Console.Error.WriteLineAsync($"fairleadd: {exception.Message}");
        return exitCode;
    }
}
