using System.Collections.Concurrent;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Routing;
using Fairlead.Contracts.Services;
using Fairlead.Contracts.Storage;
using Fairlead.LocalCompute.Environments;
using Fairlead.LocalCompute.Logs;
using Fairlead.LocalCompute.Materialising;
using Fairlead.LocalCompute.Processes;
using Fairlead.LocalCompute.Replicas;
using Fairlead.LocalCompute.Resources;
using Fairlead.LocalCompute.Rollouts;
using Fairlead.LocalCompute.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.LocalCompute;

/// <summary>Runs services as processes of this machine: one object, seen as compute target, directory and scaler.</summary>
internal sealed partial class LocalComputeTarget : IComputeTarget, IServiceDirectory, IReplicaScaler, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan LogSweepPeriod = TimeSpan.FromMinutes(10);

    private readonly LocalComputeOptions _options;
    private readonly LocalComputePaths _paths;
    private readonly ProcessLauncher _launcher = new();
    private readonly HealthProbe _probe;
    private readonly OrphanSweep _orphans;
    private readonly ServiceDirectory _directory = new();
    private readonly LogStore _logs;
    private readonly ReconcilerTools _tools;
    private readonly ILogger<LocalComputeTarget> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ServiceReconciler> _services = new(StringComparer.Ordinal);
    private readonly ITimer _logSweep;

    // One change of the set of services at a time: applying and deleting one name never cross.
    private readonly SemaphoreSlim _changes = new(1);
    private bool _disposed;

    public LocalComputeTarget(IOptions<LocalComputeOptions> options, IBlobSource blobs, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Value;
        _paths = new LocalComputePaths(_options.DataDirectory);
        _paths.CreateFolders();
        _probe = new HealthProbe(time);
        _logger = loggers.CreateLogger<LocalComputeTarget>();
        _logs = new LogStore(_paths.Logs, _options, time);
        var cgroups = new Cgroups(
            _options.UseCgroups ? CgroupMount.Find() : [], Cgroups.InstanceOf(_paths.Root), loggers.CreateLogger<Cgroups>());
        _orphans = new OrphanSweep(_paths, cgroups, time, loggers.CreateLogger<OrphanSweep>());
        var children = new ChildProgram(_launcher, _paths.Root);
        var environments = new VirtualEnvironments(_paths.Environments, children, _options, time, _stopping.Token);
        var resolver = new EnvironmentResolver(new Interpreters(children, _options.DefaultPython), environments, _options);
        var preparer = new Preparer(
            new AppFolderBuilder(_paths, blobs), resolver, new EntryScriptCheck(children), MachineCapacity.Of(_options));
        _tools = new ReconcilerTools(
            new ReplicaTools(_options, _paths, _launcher, cgroups, _probe, time), preparer,
            new ServiceStore(_paths, loggers.CreateLogger<ServiceStore>()), _directory, _logs,
            loggers.CreateLogger<ServiceReconciler>());
        _logSweep = time.CreateTimer(_ => SweepLogs(), null, LogSweepPeriod, LogSweepPeriod);
    }

    public string Name => _options.Name;

    public string GatewayUrl => _options.GatewayUrl;

    /// <summary>Ends what an earlier server left behind, then starts every service there is.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            await _orphans.RunAsync(cancellationToken);
            var stored = _tools.Store.LoadAll();
            RemoveFoldersExcept(stored);
            SweepLogs();
            foreach (var (wanted, serving) in stored)
            {
                StartService(wanted, serving);
            }

            LogStarted(stored.Count);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Ends all replicas: with grace until cancelled, then at once. What is wanted stays for the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_services.Values.Select(service => service.StopAsync(cancellationToken)));
    }

    public async Task ApplyAsync(ScoringService service, CancellationToken cancellationToken)
    {
        ServiceNames.Validate(service.Name);
        while (await TryApplyAsync(service, cancellationToken) is { } leaving)
        {
            // One of that name is being deleted; the new one begins when nothing is left of it.
            await DeleteAndForgetAsync(service.Name, leaving).WaitAsync(cancellationToken);
        }
    }

    public async Task DeleteAsync(string service, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        Task deletion;
        try
        {
            if (!_services.TryGetValue(service, out var existing))
            {
                return;
            }

            deletion = DeleteAndForgetAsync(service, existing);
        }
        finally
        {
            _changes.Release();
        }

        await deletion.WaitAsync(cancellationToken);
    }

    public ScoringServiceStatus? FindStatus(string service) =>
        _services.TryGetValue(service, out var existing) ? existing.Status.Current : null;

    public IAsyncEnumerable<ScoringServiceStatus> WatchAsync(string service, CancellationToken cancellationToken) =>
        _services.TryGetValue(service, out var existing)
            ? existing.Status.WatchAsync(cancellationToken)
            : AsyncEnumerable.Empty<ScoringServiceStatus>();

    public IAsyncEnumerable<ReplicaLogLine> ReadLogsAsync(string service, LogQuery query, CancellationToken cancellationToken)
    {
        // The name becomes a folder's.
        ServiceNames.Validate(service);
        return _logs.Of(service).ReadAsync(query, cancellationToken);
    }

    public IDisposable Subscribe(IServiceDirectoryObserver observer) => _directory.Subscribe(observer);

    public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken) =>
        _services.TryGetValue(service, out var existing) ? existing.ScaleUpAsync(replicas, cancellationToken) : Task.CompletedTask;

    public Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken) =>
        _services.TryGetValue(service, out var existing)
            ? existing.RemoveReplicaAsync(replica, cancellationToken)
            : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _logSweep.DisposeAsync();
            _launcher.Dispose();
            _probe.Dispose();
        }
    }

    /// <summary>For tests: stops working as if this process had been killed, and leaves the replicas running.</summary>
    internal Task AbandonAsync() => Task.WhenAll(_services.Values.Select(service => service.AbandonAsync()));

    /// <summary>Null when done; the service that is in the way while it is being deleted.</summary>
    private async Task<ServiceReconciler?> TryApplyAsync(ScoringService service, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            if (!_services.TryGetValue(service.Name, out var existing))
            {
                _tools.Store.SaveWanted(service);
                StartService(service, null);
                return null;
            }

            if (existing.IsDeleting)
            {
                return existing;
            }

            var stored = existing.Wanted;
            _tools.Store.SaveWanted(service.Generation > stored.Generation ? service : stored with { Secret = service.Secret });
            await existing.ApplyAsync(service, cancellationToken);
            return null;
        }
        finally
        {
            _changes.Release();
        }
    }

    private void StartService(ScoringService wanted, ScoringService? serving)
    {
        var service = new ServiceReconciler(wanted, serving, _tools);
        _services[wanted.Name] = service;
        service.Start();
    }

    private async Task DeleteAndForgetAsync(string name, ServiceReconciler service)
    {
        await service.DeleteAsync();
        _services.TryRemove(KeyValuePair.Create(name, service));
    }

    private void RemoveFoldersExcept(IReadOnlyList<StoredService> stored)
    {
        var names = stored.Select(service => service.Wanted.Name).ToHashSet();
        foreach (var folder in Directory.EnumerateDirectories(_paths.Apps).Where(path => !names.Contains(Path.GetFileName(path))))
        {
            AppFolderBuilder.DeleteFolder(folder);
        }

        foreach (var (wanted, serving) in stored.Where(service => Directory.Exists(_paths.AppsOf(service.Wanted.Name))))
        {
            string[] kept =
                [_paths.AppFolder(wanted.Name, wanted.Generation), _paths.AppFolder(wanted.Name, (serving ?? wanted).Generation)];
            foreach (var folder in Directory.EnumerateDirectories(_paths.AppsOf(wanted.Name)).Except(kept).ToList())
            {
                AppFolderBuilder.DeleteFolder(folder);
            }
        }
    }

    private void SweepLogs()
    {
        try
        {
            _logs.Sweep();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogSweepFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "Local compute started with {Count} services")]
    private partial void LogStarted(int count);

    [LoggerMessage(LogLevel.Warning, "Old logs could not be removed; tried again later")]
    private partial void LogSweepFailed(Exception exception);
}
