namespace Fairlead.Cluster.Tests.Running;

/// <summary>Finds the files of the checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fairlead.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The solution is not above the tests.");
        }

        return folder;
    }
}
