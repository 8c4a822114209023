using System.Globalization;
using System.Runtime.CompilerServices;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Replica;

/// <summary>
/// A cluster that several processes see: a file a service with its generation. What is done is written to <c>journal</c>,
/// a line each. While there is a file <c>hold</c>, deployments do not settle; while <c>slow</c>, applying does not end.
/// </summary>
internal sealed class FolderCluster(string folder, string replica) : IComputeTarget
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string Name => "cluster";

    public string GatewayUrl => "http://gateway.test";

    public async Task ApplyAsync(ScoringService service, CancellationToken cancellationToken)
    {
        Write("begin", service.Name, service.Generation);
        try
        {
            while (Has("slow"))
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }

            if (GenerationOf(service.Name) < service.Generation)
            {
                var draft = PathOf(service.Name) + "." + replica;
                await File.WriteAllTextAsync(draft, service.Generation.ToString(CultureInfo.InvariantCulture), cancellationToken);
                File.Move(draft, PathOf(service.Name), overwrite: true);
            }
        }
        finally
        {
            Write("end", service.Name, service.Generation);
        }
    }

    public Task DeleteAsync(string service, CancellationToken cancellationToken)
    {
        Write("delete", service, 0);
        File.Delete(PathOf(service));
        return Task.CompletedTask;
    }

    public ScoringServiceStatus? FindStatus(string service)
    {
        var generation = GenerationOf(service);
        var settled = !Has("hold");
        return generation == 0 ? null : new ScoringServiceStatus
        {
            Service = service,
            ObservedGeneration = generation,
            ServingGeneration = settled ? generation : 0,
            State = settled ? ServiceState.Healthy : ServiceState.Transitioning,
            DesiredReplicas = 1,
            AvailableReplicas = settled ? 1 : 0,
            UpdatedReplicas = settled ? 1 : 0,
        };
    }

    public async IAsyncEnumerable<ScoringServiceStatus> WatchAsync(
        string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (FindStatus(service) is { } status)
        {
            yield return status;
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    public async IAsyncEnumerable<ReplicaLogLine> ReadLogsAsync(
        string service, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    private long GenerationOf(string service)
    {
        try
        {
            return long.Parse(File.ReadAllText(PathOf(service)), CultureInfo.InvariantCulture);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private bool Has(string file) => File.Exists(Path.Combine(folder, file));

    private string PathOf(string service) => Path.Combine(folder, "service-" + service);

    // One writer at a time: .NET remembers where the end was when it opened the file, so two would overwrite each other.
    private void Write(string what, string service, long generation)
    {
        using var turn = TakeTurn();
        using var journal = new FileStream(
            Path.Combine(folder, "journal"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        journal.Write(System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"{what} {service} {generation} {replica}\n")));
    }

    private FileStream TakeTurn()
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "journal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
            {
                // Another writes its line.
                Thread.Yield();
            }
        }
    }
}
