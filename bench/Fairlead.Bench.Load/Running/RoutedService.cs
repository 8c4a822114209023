using System.Text.Json;

namespace Fairlead.Bench.Load.Running;

/// <summary>A service in a routes file (docs/gateway.md).</summary>
internal sealed record RoutedService(string Name, IReadOnlyList<string> Replicas)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public int MaxConcurrentRequestsPerContainer { get; init; } = 1;

    public int MaxQueueWaitMs { get; init; } = 120_000;

    public int MaxQueueLength { get; init; } = 100_000;

    public int ScoringTimeoutMs { get; init; } = 60_000;

    public bool AuthEnabled => KeyHashes.Count > 0;

    public IReadOnlyList<string> KeyHashes { get; init; } = [];

    public static void Write(string path, IEnumerable<RoutedService> services) =>
        File.WriteAllText(path, JsonSerializer.Serialize(new { services }, Json));
}
