using Fairlead.Contracts.Preparation;

namespace Fairlead.Scoring.Preparing;

/// <summary>Carries a plan out. May be run again over what an earlier run left: what is whole stays, downloads go on.</summary>
internal sealed partial class Preparer(TimeProvider time, ILogger logger)
{
    private const int Downloads = 4;

    public async Task RunAsync(PreparationPlan plan, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        try
        {
            if (plan.CopyHostTo is { } target)
            {
                FolderCopy.Run(AppContext.BaseDirectory, target);
                LogCopied(target);
            }

            foreach (var (from, to) in plan.Folders)
            {
                FolderCopy.Run(from, JoinOrRoot(plan.Root, to));
            }

            foreach (var (path, text) in plan.Texts)
            {
                var file = SafeJoin(plan.Root, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, text, cancellationToken);
            }

            using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None })
            {
                Timeout = Timeout.InfiniteTimeSpan,
            };
            var download = new Download(client, time, logger);
            var limits = new ParallelOptions { MaxDegreeOfParallelism = Downloads, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(
                plan.Files, limits, async (file, token) => await PlaceAsync(plan.Root, file, download, token));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PreparationException($"The files cannot be put in place: {exception.Message}", exception);
        }

        LogReady(plan.Files.Count, (long)time.GetElapsedTime(begun).TotalMilliseconds);
    }

    private static async Task PlaceAsync(string root, PreparedFile file, Download download, CancellationToken cancellationToken)
    {
        var target = file.Unpack ? JoinOrRoot(root, file.Path) : SafeJoin(root, file.Path);
        var whole = file.Unpack ? Archives.PathBeside(root, file.Digest) : target;
        if (file.Unpack && File.Exists(Archives.MarkOf(whole)))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        await download.RunAsync(file.Url, file.Digest, whole, cancellationToken);
        if (file.Unpack)
        {
            Archives.Unpack(whole, target, file.Url);
        }
    }

    private static string JoinOrRoot(string root, string relative) => relative.Length == 0 ? root : SafeJoin(root, relative);

    private static string SafeJoin(string root, string relative)
    {
        var parts = relative.Split('/');
        return parts.Any(part => part is "" or "." or ".." || part.Contains('\0'))
            ? throw new PreparationException(
                $"The path '{relative}' must be relative, with '/' between parts, and without empty parts, '.' or '..'.")
            : Path.Combine([root, .. parts]);
    }

    [LoggerMessage(LogLevel.Information, "Scoring host copied to {Folder}")]
    private partial void LogCopied(string folder);

    [LoggerMessage(LogLevel.Information, "Prepared: {Count} downloads, {Milliseconds} ms")]
    private partial void LogReady(int count, long milliseconds);
}
