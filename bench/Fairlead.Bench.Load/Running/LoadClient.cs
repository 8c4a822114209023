using System.Globalization;
using System.Net.Http.Headers;

namespace Fairlead.Bench.Load.Running;

/// <summary>Sends requests over as many connections as are needed.</summary>
internal sealed class LoadClient : IDisposable
{
    private static readonly byte[] Body = """{"data":[[5.1,3.5,1.4,0.2],[6.2,2.9,4.3,1.3],[7.7,3.8,6.7,2.2],[4.9,3.0,1.4,0]]}"""u8.ToArray();

    /// <summary>The port was closed: nothing was sent.</summary>
    public const string Refused = nameof(HttpRequestError.ConnectionError);

    private readonly HttpClient _client;
    private readonly Concurrency _seen = new();

    public LoadClient()
        : this(new SocketsHttpHandler())
    {
    }

    public LoadClient(SocketsHttpHandler handler)
    {
        handler.UseProxy = handler.UseCookies = false;
        _client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>The most requests that any replica that tells so ever had at a time.</summary>
    public int Most => _seen.Most;

    /// <summary>Sends and reads all of the answer.</summary>
    /// <returns>Whether it is a success of the model.</returns>
    public async Task<bool> ScoreAsync(Uri gateway, string path) => await SendAsync(gateway, path, null) is null;

    /// <summary>Sends and reads all of the answer.</summary>
    /// <returns>Null, or what went wrong: status and reason of the gateway, or the exception.</returns>
    public async Task<string?> SendAsync(Uri gateway, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, path)) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        try
        {
            using var answer = await _client.SendAsync(request);
            if (answer.Headers.TryGetValues(ReplicaProcess.MostHeader, out var most))
            {
                _seen.Saw(int.Parse(most.First(), CultureInfo.InvariantCulture));
            }

            return answer.IsSuccessStatusCode ? null
                : $"{(int)answer.StatusCode} {(answer.Headers.TryGetValues("x-fairlead-gateway", out var reasons) ? reasons.First() : "model")}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
        {
            return (exception as HttpRequestException)?.HttpRequestError.ToString() ?? exception.GetType().Name;
        }
    }

    /// <summary>Code that runs for the first time is slow, and gateways have to find each other: some requests to each.</summary>
    /// <returns>How many failed.</returns>
    public async Task<int> WarmUpAsync(IReadOnlyList<GatewayProcess> gateways, IReadOnlyList<string> paths, string? key = null)
    {
        var failed = 0;
        for (var round = 0; round < 20; round++)
        {
            var answers = await Task.WhenAll(gateways.SelectMany(gateway => paths.Select(path => SendAsync(gateway.Address, path, key))));
            failed += answers.Count(static answer => answer is not null);
        }

        return failed;
    }

    public void Dispose() => _client.Dispose();
}
