namespace Fairlead.Workspace.Tests.Running;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fairlead-workspace-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
