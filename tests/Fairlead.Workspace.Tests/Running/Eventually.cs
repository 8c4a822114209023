using System.Diagnostics;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>Waits for what happens soon, with a limit.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Limit, $"Waited {Limit.TotalSeconds} s for {what}.");
            await Task.Delay(10);
        }
    }
}
