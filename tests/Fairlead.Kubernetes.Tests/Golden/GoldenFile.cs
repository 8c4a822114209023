namespace Fairlead.Kubernetes.Tests.Golden;

/// <summary>Compares text with a file of the checkout; <c>UPDATE_GOLDEN=1</c> writes it.</summary>
internal static class GoldenFile
{
    public static string Repository { get; } = FindRepository();

    public static async Task CheckAsync(string path, string actual)
    {
        var file = Path.Combine(Repository, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, actual);
        }

        Assert.True(File.Exists(file), $"{path} is missing: run with UPDATE_GOLDEN=1, then read it.");
        Assert.Equal(await File.ReadAllTextAsync(file), actual);
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fairlead.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The solution is not above the tests.");
        }

        return folder;
    }
}
