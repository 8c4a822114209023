using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fairlead.Contracts.Errors;

namespace Fairlead.Kubernetes.Preflight;

/// <summary>Whether an address can be reached from this machine.</summary>
/// <param name="Target">As it was given.</param>
/// <param name="Addresses">What its name resolves to.</param>
/// <param name="Error">Null when it was reached.</param>
/// <param name="Milliseconds">How long that took.</param>
public sealed record HostResult(string Target, IReadOnlyList<string> Addresses, string? Error, long Milliseconds);

/// <summary>What a machine sees: each address, and its clock.</summary>
public sealed record HostReport(DateTimeOffset Time, IReadOnlyList<HostResult> Results);

/// <summary>Resolves and reaches addresses: <c>host:port</c> by TCP, URLs by a request that has to be answered.</summary>
public sealed class HostProbe(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The host and port of an address.</summary>
    /// <exception cref="FairleadException"><c>InvalidArgument</c>: it is neither a URL nor <c>host:port</c>.</exception>
    public static (string Host, int Port, Uri? Url) Parse(string target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return (url.IdnHost, url.Port, url);
        }

        var colon = target.LastIndexOf(':');
        if (colon > 0 && int.TryParse(target[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65536 && Uri.CheckHostName(target[..colon].Trim('[', ']')) != UriHostNameType.Unknown)
        {
            return (target[..colon].Trim('[', ']'), port, null);
        }

        throw FairleadException.InvalidArgument("hosts", target, "host:port, or a URL that begins with http:// or https://");
    }

    /// <summary>All of them at a time.</summary>
    public async Task<HostReport> RunAsync(IReadOnlyList<string> targets, CancellationToken cancellationToken) =>
        new(time.GetUtcNow(), await Task.WhenAll(targets.Select(target => ReachAsync(target, cancellationToken))));

    private async Task<HostResult> ReachAsync(string target, CancellationToken cancellationToken)
    {
        var (host, port, url) = Parse(target);
        var started = time.GetTimestamp();
        IReadOnlyList<string> addresses = [];
        string? error = null;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, limited.Token);
            addresses = [.. found.Select(address => address.ToString())];
            if (url is null)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(found, port, limited.Token);
            }
            else
            {
                error = await AskAsync(url, limited.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            error = $"no answer within {Limit.TotalSeconds} s";
        }
        catch (SocketException exception)
        {
            error = exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
                ? $"'{host}' cannot be resolved" : exception.Message;
        }
        catch (HttpRequestException exception)
        {
            error = exception.InnerException?.Message ?? exception.Message;
        }

        return new HostResult(target, addresses, error, (long)time.GetElapsedTime(started).TotalMilliseconds);
    }

    // Any answer will do, but for a page that says whether it is well.
    private static async Task<string?> AskAsync(Uri url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return url.AbsolutePath == Contracts.Api.Routes.Health && !response.IsSuccessStatusCode
            ? $"it answers {(int)response.StatusCode}, so it is no Fairlead workspace" : null;
    }
}
