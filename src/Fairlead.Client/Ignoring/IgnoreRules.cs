namespace Fairlead.Client.Ignoring;

/// <summary>
/// Which entries of a source directory stay behind: <c>.amlignore</c> in its root, else <c>.gitignore</c> (§7.1), with
/// files of the same name in the folders below, as git does it. Ignore files of folders above do not count.
/// </summary>
internal sealed class IgnoreRules
{
    public const string AmlIgnore = ".amlignore";
    public const string GitIgnore = ".gitignore";

    private readonly string? _fileName;
    private readonly IgnoreRules? _above;
    private readonly string _folder;
    private readonly IgnoreFile? _file;

    private IgnoreRules(string? fileName, IgnoreRules? above, string folder, IgnoreFile? file) =>
        (_fileName, _above, _folder, _file) = (fileName, above, folder, file);

    /// <summary>Name of the ignore files in force; null when there are none.</summary>
    public string? FileName => _fileName;

    /// <param name="root">The source directory.</param>
    /// <param name="enabled">False: nothing is ignored but <c>.git</c>.</param>
    public static IgnoreRules ForRoot(string root, bool enabled)
    {
        var name = enabled
            ? Array.Find([AmlIgnore, GitIgnore], candidate => File.Exists(Path.Combine(root, candidate)))
            : null;
        return new IgnoreRules(name, null, "", name is null ? null : Read(root, name, name));
    }

    /// <summary>The rules inside a folder of it.</summary>
    /// <param name="path">Relative to the root, with <c>/</c>.</param>
    /// <param name="fullPath">Where it is.</param>
    public IgnoreRules Enter(string path, string fullPath)
    {
        if (_fileName is null || !File.Exists(Path.Combine(fullPath, _fileName)))
        {
            return this;
        }

        return new IgnoreRules(_fileName, this, path + "/", Read(fullPath, _fileName, $"{path}/{_fileName}"));
    }

    /// <summary>Why an entry of the current folder is ignored; null when it is not.</summary>
    /// <param name="path">Relative to the root, with <c>/</c>.</param>
    /// <param name="isFolder">Whether it is one. What an ignored folder holds is ignored without being asked for.</param>
    public string? WhyIgnored(string path, bool isFolder)
    {
        if (path == ".git" || path.EndsWith("/.git", StringComparison.Ordinal))
        {
            return ".git is never part of a snapshot";
        }

        for (var rules = this; rules is not null; rules = rules._above)
        {
            if (rules._file?.Find(IgnoreFile.Bytes(path[rules._folder.Length..]), isFolder) is { } pattern)
            {
                return pattern.IsNegated ? null : pattern.Source;
            }
        }

        return null;
    }

    private static IgnoreFile Read(string folder, string name, string shownName) =>
        IgnoreFile.Parse(File.ReadAllText(Path.Combine(folder, name)), shownName);
}
