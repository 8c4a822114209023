using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Bench.Load.Model;
using Fairlead.Bench.Load.Running;

namespace Fairlead.Bench.Load.Faults;

/// <summary>Poisson arrivals of exponential works on one service through all gateways, until it is ended.</summary>
internal sealed class Load(LoadClient client, IReadOnlyList<Uri> gateways, double rate, double meanMs, Func<int, string?> keyOf) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Request> _done = [];
    private Task _running = Task.CompletedTask;

    public static string Path(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"/api/v1/service/iris/score?ms={milliseconds:F1}");

    public void Begin() => _running = Task.Run(RunAsync);

    public async Task<IReadOnlyCollection<Request>> EndAsync()
    {
        await _end.CancelAsync();
        await _running;
        return _done;
    }

    public void Dispose() => _end.Dispose();

    private async Task RunAsync()
    {
        var running = new List<Task>();
        try
        {
            await Clock.PaceAsync(Arrivals(), item => running.Add(Task.Run(() => SendAsync(item.Number, item.Gateway, item.Work))), _end.Token);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    private IEnumerable<(double At, (int Number, int Gateway, double Work) Item)> Arrivals()
    {
        var random = new Random(1);
        var at = 0.0;
        for (var number = 0; ; number++)
        {
            at += ServiceLaw.Exponential.Draw(random) / rate;
            yield return (at, (number, random.Next(gateways.Count), ServiceLaw.Exponential.Draw(random) * meanMs));
        }
    }

    private async Task SendAsync(int number, int gateway, double work)
    {
        var sent = Clock.Now;
        string? error = null;
        var tried = 0;
        for (; tried < gateways.Count; tried++)
        {
            error = await client.SendAsync(gateways[gateway], Path(work), keyOf(number));
            if (error != LoadClient.Refused)
            {
                break;
            }

            gateway = (gateway + 1) % gateways.Count;
        }

        _done.Add(new Request(sent, Clock.Now, gateway, error, tried > 0));
    }
}
