using System.Globalization;
using System.Net;

namespace Fairlead.LocalCompute.Replicas;

/// <summary>Asks scoring hosts whether they are ready: <c>GET /</c> (§3.2).</summary>
internal sealed class HealthProbe(TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The address a scoring host has written to its port file; null when it has not yet.</summary>
    public static Uri? ReadAddress(string portFile)
    {
        try
        {
            return File.Exists(portFile)
                && int.TryParse(File.ReadAllText(portFile).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"))
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>True for 200 within the time; any other answer and no answer is false.</summary>
    public async Task<bool> IsHealthyAsync(Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _http.GetAsync(new Uri(address, "/"), HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
