using System.Globalization;

namespace Fairlead.LocalCompute.State;

/// <summary>The one place that knows where local compute keeps what.</summary>
internal sealed class LocalComputePaths(string dataDirectory)
{
    public string Root { get; } = Path.Combine(Path.GetFullPath(dataDirectory), "compute", "local");

    /// <summary>What is to run: one file a service.</summary>
    public string Services => Path.Combine(Root, "services");

    /// <summary>Working folders of services, one a generation.</summary>
    public string Apps => Path.Combine(Root, "apps");

    /// <summary>Pid and port files of replicas that run.</summary>
    public string Run => Path.Combine(Root, "run");

    public string Environments => Path.Combine(Root, "environments");

    public string Logs => Path.Combine(Root, "logs");

    public string ServiceFile(string service) => Path.Combine(Services, service + ".json");

    /// <summary>The newest generation that served, to go back to when a newer one fails.</summary>
    public string ServingFile(string service) => Path.Combine(Services, service + ".serving.json");

    public string AppsOf(string service) => Path.Combine(Apps, service);

    public string AppFolder(string service, long generation) =>
        Path.Combine(AppsOf(service), generation.ToString(CultureInfo.InvariantCulture));

    public string PidFile(string replica) => Path.Combine(Run, replica + ".pid");

    public string PortFile(string replica) => Path.Combine(Run, replica + ".port");

    public void CreateFolders()
    {
        foreach (var folder in (string[])[Services, Apps, Run, Environments, Logs])
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
