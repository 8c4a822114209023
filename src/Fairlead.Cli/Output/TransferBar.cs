using System.Globalization;
using Fairlead.Client.Blobs;
using Spectre.Console;

namespace Fairlead.Cli.Output;

/// <summary>Shows an upload or download: bars for a person who watches, a line at the end for a log.</summary>
internal static class TransferBar
{
    public static async Task<T> RunAsync<T>(Terminal terminal, string what, Func<Action<TransferProgress>, Task<T>> transfer)
    {
        TransferProgress? last = null;
        T result;
        if (terminal.IsLive)
        {
            result = await terminal.People.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn())
                .StartAsync(async progress =>
                {
                    var hash = progress.AddTask("hashing", maxValue: 1);
                    var move = progress.AddTask(Markup.Escape(what), autoStart: false, maxValue: 1);
                    return await transfer(now =>
                    {
                        last = now;
                        hash.MaxValue = Math.Max(1, now.TotalBytes);
                        hash.Value = now.TotalBytes == 0 ? 1 : now.HashedBytes;
                        if (now.BytesToTransfer is { } bytes)
                        {
                            hash.StopTask();
                            move.StartTask();
                            move.MaxValue = Math.Max(1, bytes);
                            move.Value = bytes == 0 ? 1 : now.TransferredBytes;
                        }
                    });
                });
        }
        else
        {
            result = await transfer(now => last = now);
        }

        if (last is { BytesToTransfer: { } moved })
        {
            terminal.Say(moved == 0
                ? $"{what}: nothing to transfer, {Size(last.TotalBytes)} are there already"
                : $"{what}: {Size(moved)} of {Size(last.TotalBytes)} transferred");
        }

        return result;
    }

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KB"),
        < 1024 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.00} GB"),
    };
}
