namespace Fairlead.EndToEnd.Tests.Running;

/// <summary>Where the published binaries and the samples are.</summary>
internal static class Installation
{
    private static readonly string Root = FindRoot();

    public static string Dist { get; } =
        Environment.GetEnvironmentVariable("FAIRLEAD_DIST") ?? Path.Combine(Root, "artifacts", "dist");

    public static string Samples { get; } = Path.Combine(Root, "samples");

    /// <summary>The interpreter that has numpy, scikit-learn and onnx (Debian's packages).</summary>
    public const string Python = "/usr/bin/python3";

    public static string Binary(string name)
    {
        var path = Path.Combine(Dist, name);
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} does not exist: run ./build.sh dist, or ./test.sh e2e.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fairlead.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests must run from inside a checkout: Fairlead.slnx was not found.");
    }
}
