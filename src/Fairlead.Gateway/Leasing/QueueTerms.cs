using Fairlead.Contracts.Services;

namespace Fairlead.Gateway.Leasing;

/// <summary>The bounds of a service's queue.</summary>
/// <param name="MaxLength">Requests that may wait.</param>
/// <param name="MaxWait">Longest wait for a busy replica.</param>
/// <param name="ColdStartWait">Longest wait for the first replica of a service that was scaled to none; zero when it
/// never is.</param>
internal readonly record struct QueueTerms(int MaxLength, TimeSpan MaxWait, TimeSpan ColdStartWait)
{
    public static QueueTerms Of(ScoringServiceSpec spec, TimeSpan coldStartWait) => new(
        spec.MaxQueueLength,
        TimeSpan.FromMilliseconds(spec.MaxQueueWaitMs),
        spec is { IsAutoscaled: true, AutoScaler.MinReplicas: 0 } ? coldStartWait : TimeSpan.Zero);
}
