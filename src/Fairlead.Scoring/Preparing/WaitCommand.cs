using System.Globalization;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Preparing;

/// <summary><c>fairlead-scoring wait SECONDS</c>: the pause between the removal of a replica from routing and its end, in
/// images that have no program of their own for it.</summary>
internal static class WaitCommand
{
    public const string Name = "wait";
    private const double LongestSeconds = 3600;

    public static async Task<int> RunAsync(string[] arguments, TimeProvider time)
    {
        if (arguments is not [var text]
            || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 0 or > LongestSeconds)
        {
            await Console.Error.WriteLineAsync(
                $"fairlead-scoring: wait needs a number of seconds from 0 to {LongestSeconds}, but got '{string.Join(' ', arguments)}'.");
            return ExitCodes.Usage;
        }

        await Task.Delay(TimeSpan.FromSeconds(seconds), time);
        return ExitCodes.Success;
    }
}
