namespace Fairlead.LocalCompute.Environments;

/// <summary>What is left to do of an environment's conda specification on this machine (pure).</summary>
/// <param name="PythonVersion">The version asked for, such as <c>3.8</c>; null for any.</param>
/// <param name="Pip">Lines for pip, in their order: packages and options.</param>
/// <param name="Skipped">Packages the scoring host replaces.</param>
/// <param name="CondaPackages">Packages only conda can install.</param>
internal sealed record PythonRequirements(
    string? PythonVersion, IReadOnlyList<string> Pip, IReadOnlyList<string> Skipped, IReadOnlyList<string> CondaPackages)
{
    /// <summary>Whether any line asks for a package; options alone need no environment.</summary>
    public bool HasPackages => Pip.Any(line => !line.StartsWith('-') || IsFileOption(line));

    /// <summary>Whether lines refer to files of the source directory, so that its content matters too.</summary>
    public bool RefersToFiles => Pip.Any(line =>
        line.StartsWith('.') || line.StartsWith('/') || line.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        || IsFileOption(line)
        || (line.StartsWith('-') && !line.Contains("://", StringComparison.Ordinal) && line.Contains('/')));

    private static bool IsFileOption(string line) =>
        line.StartsWith("-r", StringComparison.Ordinal) || line.StartsWith("--requirement", StringComparison.Ordinal)
        || line.StartsWith("-c", StringComparison.Ordinal) || line.StartsWith("--constraint", StringComparison.Ordinal)
        || line.StartsWith("-e", StringComparison.Ordinal) && !line.StartsWith("-ex", StringComparison.Ordinal)
        || line.StartsWith("--editable", StringComparison.Ordinal);
}
