namespace Fairlead.Bench.Load.Running;

internal static class Answering
{
    private const double Patience = 30;

    /// <summary>Waits until a process that was just started answers a GET with success.</summary>
    /// <exception cref="TimeoutException">It has ended, or does not for half a minute.</exception>
    public static async Task WaitAsync(Uri url, Func<bool> isRunning)
    {
        using var client = new HttpClient();
        var until = Clock.Now + Patience;
        while (Clock.Now < until && isRunning())
        {
            try
            {
                using var answer = await client.GetAsync(url);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It has not begun to listen yet.
            }

            await Clock.DelayAsync(0.05);
        }

        throw new TimeoutException($"Nothing answers at {url}.");
    }
}
