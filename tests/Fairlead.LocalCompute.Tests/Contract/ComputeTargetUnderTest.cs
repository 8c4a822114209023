using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.Tests.Support;

namespace Fairlead.LocalCompute.Tests.Contract;

/// <summary>A compute target with what a test needs around it. Disposing ends everything it started.</summary>
internal abstract class ComputeTargetUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Http = new() { Timeout = Limit };

    public abstract IComputeTarget Target { get; }

    public abstract IReplicaScaler Scaler { get; }

    public RouteRecorder Routes { get; } = new();

    /// <summary>A service with an entry script and one replica that becomes ready soon.</summary>
    public abstract ScoringService Service(
        string name = "iris", long generation = 1, Func<ScoringServiceSpec, ScoringServiceSpec>? change = null);

    public abstract ValueTask DisposeAsync();

    /// <summary>A variable that makes the scoring host fail before it is ready.</summary>
    public static ScoringServiceSpec Crashing(ScoringServiceSpec spec) => With(spec, "STANDIN_EXIT", "3");

    public static ScoringServiceSpec With(ScoringServiceSpec spec, string variable, string value) => spec with
    {
        EnvironmentVariables = new Dictionary<string, string>(spec.EnvironmentVariables) { [variable] = value },
    };

    public async Task<ScoringServiceStatus> WaitAsync(string service, Func<ScoringServiceStatus, bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        ScoringServiceStatus? last = null;
        try
        {
            await foreach (var status in Target.WatchAsync(service, limit.Token))
            {
                last = status;
                if (condition(status))
                {
                    return status;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }

        throw new TimeoutException($"The status never became so; the last one: {last}, replicas: "
            + string.Join("; ", last?.Replicas ?? []) + ", error: " + last?.Error);
    }

    public async Task<ScoringServiceStatus> DeployAsync(ScoringService service)
    {
        await Target.ApplyAsync(service, CancellationToken.None);
        return await WaitAsync(service.Name, status => status.ObservedGeneration >= service.Generation && status.IsSettled);
    }

    public async Task<string> GetAsync(string service, string path, string? replica = null)
    {
        var route = await Routes.WaitAsync(service, route => route.Replicas.Any(
            endpoint => !endpoint.Draining && (replica is null || endpoint.Id == replica)));
        return await GetAsync(route.Replicas.First(endpoint => !endpoint.Draining && (replica is null || endpoint.Id == replica)), path);
    }

    public static Task<string> GetAsync(ReplicaEndpoint endpoint, string path) => Http.GetStringAsync(new Uri(endpoint.Address, path));

    public async Task<IReadOnlyList<ReplicaLogLine>> ReadLogsAsync(string service, LogQuery query)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await Target.ReadLogsAsync(service, query, limit.Token).ToListAsync(limit.Token);
    }
}
