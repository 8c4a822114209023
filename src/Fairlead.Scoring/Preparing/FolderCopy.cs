namespace Fairlead.Scoring.Preparing;

/// <summary>Copies a folder, such as the scoring host to where a container of another image finds it.</summary>
internal static class FolderCopy
{
    public static void Run(string from, string to)
    {
        foreach (var source in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);

            // Under another name first: a copy that was cut off must not look whole.
            var part = target + ".part";
            File.Copy(source, part, overwrite: true);
            File.Move(part, target, overwrite: true);
        }
    }
}
