using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.LocalCompute.State;
using Fairlead.LocalCompute.Tests.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.LocalCompute.Tests.Support;

/// <summary>Local compute in a folder of its own, with the stand-in as scoring host.</summary>
internal sealed class LocalComputeUnderTest : ComputeTargetUnderTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-local-").FullName;

    private LocalComputeUnderTest(Action<LocalComputeOptions>? configure)
    {
        Options = new LocalComputeOptions
        {
            DataDirectory = Path.Combine(_folder, "data"),
            ScoringHostPath = Path.Combine(AppContext.BaseDirectory, "StandInHost.py"),
            GatewayUrl = "http://127.0.0.1:8080",
            DefaultPython = "/usr/bin/python3",
        };
        configure?.Invoke(Options);
        Blobs = new FolderBlobs(Path.Combine(_folder, "blobs"));
        Paths = new LocalComputePaths(Options.DataDirectory);
        Local = Create();
    }

    public LocalComputeOptions Options { get; }

    public LocalComputePaths Paths { get; }

    public FolderBlobs Blobs { get; }

    public LocalComputeTarget Local { get; private set; }

    public override IComputeTarget Target => Local;

    public override IReplicaScaler Scaler => Local;

    public static async Task<LocalComputeUnderTest> StartAsync(Action<LocalComputeOptions>? configure = null)
    {
        var compute = new LocalComputeUnderTest(configure);
        compute.Local.Subscribe(compute.Routes);
        await compute.Local.StartAsync(CancellationToken.None);
        return compute;
    }

    /// <summary>As after a kill -9 of the server: the replicas live on, and a new instance takes over the folder.</summary>
    public async Task RestartAfterCrashAsync()
    {
        await Local.AbandonAsync();
        await StartAgainAsync();
    }

    public async Task RestartAsync()
    {
        await Local.StopAsync(CancellationToken.None);
        await StartAgainAsync();
    }

    public override ScoringService Service(
        string name = "iris", long generation = 1, Func<ScoringServiceSpec, ScoringServiceSpec>? change = null)
    {
        var spec = new ScoringServiceSpec
        {
            EntryScript = "score.py",
            SnapshotManifest = Blobs.AddFolder(("score.py", "def init(): pass\ndef run(data): return data\n")),
            ScoringTimeoutMs = 5000,
            AutoScaler = new AutoScaler { AutoscaleEnabled = false },
            NumReplicas = 1,
        };
        return new ScoringService
        {
            Name = name,
            Generation = generation,
            Spec = change?.Invoke(spec) ?? spec,
            Secret = new ServiceSecret(["aa"]),
        };
    }

    public override async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Local.StopAsync(limit.Token);
        await Local.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAgainAsync()
    {
        Local = Create();
        Local.Subscribe(Routes);
        await Local.StartAsync(CancellationToken.None);
    }

    private LocalComputeTarget Create() =>
        new(Microsoft.Extensions.Options.Options.Create(Options), Blobs, TimeProvider.System, NullLoggerFactory.Instance);
}
