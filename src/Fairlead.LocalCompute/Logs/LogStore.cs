using System.Collections.Concurrent;

namespace Fairlead.LocalCompute.Logs;

/// <summary>The logs of all services; they outlive the services.</summary>
internal sealed class LogStore(string folder, LocalComputeOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ServiceLog> _services = new(StringComparer.Ordinal);

    public ServiceLog Of(string service) =>
        _services.GetOrAdd(service, name => new ServiceLog(Path.Combine(folder, name), options, time));

    /// <summary>Removes what is too old or too much, of deleted services too.</summary>
    public void Sweep()
    {
        foreach (var service in Directory.EnumerateDirectories(folder))
        {
            Of(Path.GetFileName(service)).Sweep();
            if (!Directory.EnumerateFileSystemEntries(service).Any())
            {
                Directory.Delete(service);
            }
        }
    }
}
