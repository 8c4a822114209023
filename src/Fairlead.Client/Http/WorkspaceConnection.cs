using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Contracts.Api;

namespace Fairlead.Client.Http;

/// <summary>The one place that sends requests to a workspace and turns refusals into exceptions.</summary>
internal sealed class WorkspaceConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly FairleadClientOptions _options;
    private readonly string _base;

    public WorkspaceConnection(FairleadClientOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        })
        {
            // Uploads, logs that are followed and scoring have no common limit; callers cancel.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _base = options.Endpoint.AbsoluteUri.TrimEnd('/')
            + Routes.Base(options.SubscriptionId, options.ResourceGroup, options.Workspace);
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, Url(path)), cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    public async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method,
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            new HttpRequestMessage(method, Url(path)) { Content = Json(body, bodyType) }, cancellationToken);
        return await ReadAsync(response, answerType, cancellationToken);
    }

    /// <summary>Sends a JSON Patch.</summary>
    public async Task<T> PatchAsync<T>(
        string path, IReadOnlyList<PatchStep> steps, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendPatchAsync(path, steps, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    public Task<HttpResponseMessage> SendPatchAsync(
        string path, IReadOnlyList<PatchStep> steps, CancellationToken cancellationToken) => SendAsync(
        new HttpRequestMessage(HttpMethod.Patch, Url(path))
        {
            Content = Json(steps, ContractsJson.Default.IReadOnlyListPatchStep, "application/json-patch+json"),
        },
        cancellationToken);

    /// <summary>Every item of a list, page after page.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(
        string path, JsonTypeInfo<Page<T>> type, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        for (var url = Url(path); url is not null;)
        {
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, url), cancellationToken);
            var page = await ReadAsync(response, type, cancellationToken);
            items.AddRange(page.Value);
            url = page.NextLink is null ? null : OnSameServer(page.NextLink);
        }

        return items;
    }

    /// <summary>Sends; an answer outside 2xx becomes an exception unless <paramref name="accept"/> takes it.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken,
        Func<HttpStatusCode, bool>? accept = null,
        bool authorize = true)
    {
        if (authorize && _options.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        var started = _options.TimeProvider.GetTimestamp();
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e) when (
            e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            throw new ServerUnreachableException(request.RequestUri!, e);
        }
        finally
        {
            request.Dispose();
        }

        var elapsed = _options.TimeProvider.GetElapsedTime(started).TotalMilliseconds;
        _options.Trace?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Method} {request.RequestUri} -> {(int)response.StatusCode} in {elapsed:0} ms"));
        if (response.IsSuccessStatusCode || accept?.Invoke(response.StatusCode) == true)
        {
            return response;
        }

        using (response)
        {
            throw await RefusalAsync(response, cancellationToken);
        }
    }

    public async Task<string> HealthAsync(CancellationToken cancellationToken)
    {
        var url = _options.Endpoint.AbsoluteUri.TrimEnd('/') + Routes.Health;
        using var response = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, url), cancellationToken, authorize: false);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public string Url(string path) => _base + path;

    public static StringContent Json<T>(T body, JsonTypeInfo<T> type, string mediaType = "application/json") =>
        new(JsonSerializer.Serialize(body, type), Encoding.UTF8, mediaType);

    public static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken)
                ?? throw Unreadable(response, "null");
        }
        catch (JsonException e)
        {
            throw Unreadable(response, e.Message);
        }
    }

    public static async Task<FairleadApiException> RefusalAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        ProblemDto? problem = null;
        try
        {
            if (text.AsSpan().TrimStart().StartsWith("{"))
            {
                problem = JsonSerializer.Deserialize(text, ContractsJson.Default.ProblemDto);
            }
        }
        catch (JsonException)
        {
            // Not of ours, a proxy's page perhaps: its text is all there is.
        }

        var fallback = text.Length is > 0 and < 2000 ? text.Trim() : response.ReasonPhrase ?? "refused";
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            fallback = "the workspace did not take the token; give the right one with FAIRLEAD_TOKEN";
        }

        return FairleadApiException.Of(response.StatusCode, problem, fallback);
    }

    public void Dispose() => _http.Dispose();

    // A server behind another name writes links with the name it knows; the host the user gave is the one that works.
    private string OnSameServer(string link) =>
        new Uri(_options.Endpoint, new Uri(new Uri(_base), link).PathAndQuery).AbsoluteUri;

    private static FairleadApiException Unreadable(HttpResponseMessage response, string why) => new(
        response.StatusCode,
        "UnreadableAnswer",
        $"{response.RequestMessage?.RequestUri} did not answer as a Fairlead workspace ({why}); is the endpoint right?",
        []);
}
