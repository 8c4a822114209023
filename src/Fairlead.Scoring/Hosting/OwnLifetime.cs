namespace Fairlead.Scoring.Hosting;

/// <summary>In place of the default, which would stop listening at the first signal: <see cref="ScoringHost"/> drains.</summary>
internal sealed class OwnLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
