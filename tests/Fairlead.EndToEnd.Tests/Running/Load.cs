using System.Collections.Concurrent;

namespace Fairlead.EndToEnd.Tests.Running;

/// <summary>Callers that score one request after another until they are stopped.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly ConcurrentQueue<(int Code, string Body)> _answers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _callers;

    public Load(Server server, string service, string key, int callers)
    {
        _callers = [.. Enumerable.Range(0, callers).Select(_ => CallAsync(server, service, key))];
    }

    /// <summary>Waits until so many more answers have come.</summary>
    public Task MoreAnswersAsync(int count)
    {
        var wanted = _answers.Count + count;
        return Eventually.TrueAsync(() => _answers.Count >= wanted, $"{count} more answers");
    }

    /// <summary>All answers, in the order they came.</summary>
    public async Task<IReadOnlyList<(int Code, string Body)>> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        return [.. _answers];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        _stop.Dispose();
    }

    private async Task CallAsync(Server server, string service, string key)
    {
        while (!_stop.IsCancellationRequested)
        {
            using var answer = await server.ScoreAsync(service, key, "{}");
            _answers.Enqueue(((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
    }
}
