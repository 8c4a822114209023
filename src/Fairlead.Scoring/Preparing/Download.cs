using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Fairlead.Contracts.Storage;

namespace Fairlead.Scoring.Preparing;

/// <summary>Fetches one file by URL and digest. What has come is kept, so that a connection that breaks, or a run that was
/// cut off, goes on where it was, when the server can; nothing has the file's name before its digest is right.</summary>
internal sealed partial class Download(HttpClient client, TimeProvider time, ILogger logger)
{
    private const int Tries = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Longest time without a byte.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <exception cref="PreparationException">It cannot be had, or is not what the digest says.</exception>
    public async Task RunAsync(string url, string digest, string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            if (await DigestOfAsync(path, cancellationToken) == digest)
            {
                LogThere(path);
                return;
            }

            File.Delete(path);
        }

        var part = path + ".part";
        await FetchAsync(url, part, cancellationToken);
        var actual = await DigestOfAsync(part, cancellationToken);
        if (actual != digest)
        {
            var size = new FileInfo(part).Length;
            File.Delete(part);
            throw new PreparationException(string.Create(
                CultureInfo.InvariantCulture,
                $"DigestMismatch: {Redacted(url)} has the SHA-256 {Digest.Hex(actual)} ({size} bytes), but {Digest.Hex(digest)} is wanted. ")
                + "Is the file another version? Correct its sha256, or its URL.");
        }

        File.Move(part, path, overwrite: true);
        LogDone(Redacted(url), new FileInfo(path).Length);
    }

    private async Task FetchAsync(string url, string part, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await FetchOnceAsync(url, part, cancellationToken);
                return;
            }
            catch (Exception exception) when (IsPassing(exception, cancellationToken) && attempt < Tries)
            {
                LogAgain(Redacted(url), exception.Message, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception exception) when (exception is HttpRequestException or HttpIOException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested)
            {
                throw new PreparationException($"DownloadFailed: {Redacted(url)}: {exception.Message}", exception);
            }
        }
    }

    private async Task FetchOnceAsync(string url, string part, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        var have = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            if (response.Content.Headers.ContentRange?.Length == have)
            {
                return; // All of it was there already.
            }

            File.Delete(part);
            throw new HttpIOException(HttpRequestError.Unknown, "what was fetched before is longer than the file; it is fetched anew");
        }

        response.EnsureSuccessStatusCode();
        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (goesOn)
        {
            LogGoesOn(Redacted(url), have);
        }

        await using var source = await response.Content.ReadAsStreamAsync(both.Token);
        await using var target = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        var buffer = new byte[128 * 1024];
        for (int read; (read = await ReadAsync(source, buffer, both.Token)) > 0;)
        {
            silence.CancelAfter(Silence);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    // A connection that breaks must not be taken for a disk that fails.
    private static async Task<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception) when (exception is not HttpIOException)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, exception.Message, exception);
        }
    }

    // Refusals of the request itself stay what they are; anything of the network or the server's state may pass.
    private static bool IsPassing(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException { StatusCode: { } status } =>
            (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        HttpRequestException or HttpIOException => true,
        _ => false,
    };

    private static async Task<string> DigestOfAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return Digest.Of(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>Without the query, which may be a signature.</summary>
    private static string Redacted(string url) => url.Split('?')[0];

    [LoggerMessage(LogLevel.Information, "{Path} is there already")]
    private partial void LogThere(string path);

    [LoggerMessage(LogLevel.Information, "Downloaded {Url}: {Bytes} bytes")]
    private partial void LogDone(string url, long bytes);

    [LoggerMessage(LogLevel.Information, "Going on with {Url} at byte {Offset}")]
    private partial void LogGoesOn(string url, long offset);

    [LoggerMessage(LogLevel.Warning, "{Url}: {Reason}; trying again in {Seconds} s")]
    private partial void LogAgain(string url, string reason, double seconds);
}
