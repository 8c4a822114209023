using System.Text.Json;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Services;
using Microsoft.Extensions.Logging;

namespace Fairlead.LocalCompute.State;

/// <summary>The desired state on disk, one file a service, so that it survives any crash.</summary>
internal sealed partial class ServiceStore(LocalComputePaths paths, ILogger<ServiceStore> logger)
{
    public void SaveWanted(ScoringService service) => Save(paths.ServiceFile(service.Name), service);

    public void SaveServing(ScoringService service) => Save(paths.ServingFile(service.Name), service);

    /// <summary>The wanted state goes first: what is left of a crash in between is swept at the next start.</summary>
    public void Delete(string service)
    {
        DurableFile.Delete(paths.ServiceFile(service));
        DurableFile.Delete(paths.ServingFile(service));
    }

    /// <summary>All services. A file that cannot be read is set aside, so that one bad file stops no other service.</summary>
    public IReadOnlyList<StoredService> LoadAll()
    {
        var services = new List<StoredService>();
        foreach (var path in Directory.EnumerateFiles(paths.Services, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (name.EndsWith(".serving", StringComparison.Ordinal))
            {
                var owner = name[..^".serving".Length];
                if (!File.Exists(paths.ServiceFile(owner)))
                {
                    DurableFile.Delete(path);
                }
            }
            else if (Load(path) is { } wanted)
            {
                services.Add(new StoredService(wanted, Load(paths.ServingFile(name))));
            }
        }

        return services;
    }

    private static void Save(string path, ScoringService service) =>
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(service, ContractsJson.Default.ScoringService));

    private ScoringService? Load(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ContractsJson.Default.ScoringService)
                : null;
        }
        catch (JsonException exception)
        {
            File.Move(path, path + ".unreadable", overwrite: true);
            LogUnreadable(path, exception);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Path} cannot be read and was set aside with the ending .unreadable")]
    private partial void LogUnreadable(string path, Exception exception);
}
