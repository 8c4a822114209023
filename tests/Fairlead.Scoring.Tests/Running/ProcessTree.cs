using System.Diagnostics;
using System.Globalization;

namespace Fairlead.Scoring.Tests.Running;

/// <summary>Reads /proc.</summary>
internal static class ProcessTree
{
    public static IReadOnlyList<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Stat(id) is ({ } state, var its) && its == parent && state != "Z"),
    ];

    public static bool Lives(int id) => Stat(id) is ({ } state, _) && state != "Z";

    public static async Task WaitUntilGoneAsync(int id)
    {
        var limit = Stopwatch.StartNew();
        while (Lives(id))
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(10), $"Process {id} still lives");
            await Task.Delay(10);
        }
    }

    public static void Kill(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
    }

    /// <summary>The most memory that the process ever had resident, in KB.</summary>
    public static long PeakKb(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static (string? State, int Parent) Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, 0);
        }
    }
}
