namespace Fairlead.Client.Configuration;

/// <summary>The ids of a workspace as a project folder keeps them: <c>.azureml/config.json</c> (§1.1).</summary>
/// <param name="Path">The file.</param>
/// <param name="SubscriptionId">Null when it does not say.</param>
/// <param name="ResourceGroup">Null when it does not say.</param>
/// <param name="Workspace">Null when it does not say.</param>
/// <param name="Endpoint">Ours: where the workspace is. Null when it does not say.</param>
public sealed record WorkspaceFile(
    string Path, string? SubscriptionId, string? ResourceGroup, string? Workspace, string? Endpoint)
{
    /// <summary>Looks in a folder and those above it; null when none has one.</summary>
    public static WorkspaceFile? Find(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            foreach (var name in new[] { ".azureml/config.json", "aml_config/config.json" })
            {
                var path = System.IO.Path.Combine(folder.FullName, name);
                if (File.Exists(path))
                {
                    return Read(path);
                }
            }
        }

        return null;
    }

    private static WorkspaceFile Read(string path)
    {
        var root = new ConfigObject(LenientFile.Read("workspace file", path), path, []);
        return new WorkspaceFile(
            path,
            root.Text("subscription_id") ?? root.Text("Id"),
            root.Text("resource_group"),
            root.Text("workspace_name"),
            root.Text("endpoint"));
    }
}
