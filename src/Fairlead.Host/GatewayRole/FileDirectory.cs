using Fairlead.Contracts.Routing;

namespace Fairlead.Host.GatewayRole;

/// <summary>Publishes the services of a <see cref="RoutesFile"/>, again whenever the file changes. A file that cannot be
/// read changes nothing.</summary>
/// <remarks>It looks once a second: a mounted file is often replaced by a link, which watchers of files miss.</remarks>
internal sealed partial class FileDirectory(string path, TimeProvider time, ILogger<FileDirectory> logger)
    : BackgroundService, IServiceDirectory, IReplicaScaler
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ServiceDirectory _routes = new();
    private string? _text;

    public IDisposable Subscribe(IServiceDirectoryObserver observer) => _routes.Subscribe(observer);

    /// <summary>Reads the file and publishes what is new.</summary>
    /// <exception cref="InvalidDataException">It holds something else than services.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Load()
    {
        var text = File.ReadAllText(path);
        if (text == _text)
        {
            return;
        }

        // A bad text is complained of once.
        _text = text;
        var routes = RoutesFile.Parse(text);
        foreach (var route in routes)
        {
            _routes.Publish(route);
        }

        // Last: by now no endpoint sends requests to a service that goes.
        foreach (var gone in _routes.Services.Except(routes.Select(static route => route.Service)))
        {
            _routes.Remove(gone);
        }

        LogLoaded(routes.Count, path);
    }

    // Services of a file have the replicas that the file names, so no autoscaler runs for them.
    public Task ScaleUpAsync(string service, int replicas, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"Replicas of {service} are those that '{path}' names.");

    public Task RemoveReplicaAsync(string service, string replica, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"Replicas of {service} are those that '{path}' names.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        string? lastProblem = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Load();
                lastProblem = null;
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                if (exception.Message != lastProblem)
                {
                    lastProblem = exception.Message;
                    LogBad(path, lastProblem);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Read {Count} services from {Path}")]
    private partial void LogLoaded(int count, string path);

    [LoggerMessage(LogLevel.Error, "{Path} cannot be used; the services of before stay: {Problem}")]
    private partial void LogBad(string path, string problem);
}
