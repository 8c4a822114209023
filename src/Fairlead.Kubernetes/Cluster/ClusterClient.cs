using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fairlead.Kubernetes.Resources;
using k8s;
using k8s.Authentication;
using k8s.Models;

namespace Fairlead.Kubernetes.Cluster;

/// <summary>Our narrow way to the API server: the few verbs we use, the same for every kind. May be used by any thread.</summary>
/// <remarks>Connection, certificates and credentials are those of the official client.</remarks>
public sealed class ClusterClient : IDisposable
{
    private const string Json = "application/json";
    private const string ApplyPatch = "application/apply-patch+yaml";
    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    private static readonly IReadOnlyList<string> StatusMembers = [.. typeof(ScoringServiceResourceStatus)
        .GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))];

    private readonly HttpClient _http;
    private readonly Uri _base;
    private readonly ServiceClientCredentials? _credentials;
    private readonly IDisposable? _owned;

    public ClusterClient(KubernetesClientConfiguration configuration)
    {
        // Limits are set for each call: a watch has none.
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        var client = new k8s.Kubernetes(configuration);
        (_http, _base, _credentials, _owned) = (client.HttpClient, client.BaseUri, client.Credentials, client);
    }

    /// <summary>Over a connection of the caller's, without credentials.</summary>
    internal ClusterClient(HttpClient http, Uri baseAddress) => (_http, _base) = (http, baseAddress);

    /// <summary>Longest time for any call but a watch.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Null when it is not there.</summary>
    public async Task<T?> FindAsync<T>(ApiKind<T> kind, string? ns, string name, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await CallAsync<T>(HttpMethod.Get, kind.ObjectPath(ns, name), null, Json, cancellationToken);
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task<T> CreateAsync<T>(ApiKind<T> kind, T value, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(HttpMethod.Post, kind.CollectionPath(value.Metadata.NamespaceProperty), value, Json, cancellationToken);

    /// <summary>Fails with 409 when the object is not of the resource version that <paramref name="value"/> has.</summary>
    public Task<T> ReplaceAsync<T>(ApiKind<T> kind, T value, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(HttpMethod.Put, kind.ObjectPath(value.Metadata.NamespaceProperty, value.Metadata.Name), value, Json, cancellationToken);

    /// <summary>Server-side apply: makes or changes the object so that it has the members given, and takes them from whoever
    /// else has set them; members that an earlier apply gave and this one does not are removed.</summary>
    public Task<T> ApplyAsync<T>(ApiKind<T> kind, T value, CancellationToken cancellationToken, string? subresource = null)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(
            HttpMethod.Patch,
            kind.ObjectPath(value.Metadata.NamespaceProperty, value.Metadata.Name, subresource) + $"?fieldManager={Names.FieldManager}&force=true",
            value, ApplyPatch, cancellationToken);

    /// <param name="patch">A JSON merge patch.</param>
    public Task<T> MergeAsync<T>(
        ApiKind<T> kind, string? ns, string name, object patch, CancellationToken cancellationToken, string? subresource = null)
        where T : class =>
        CallAsync<T>(
            HttpMethod.Patch, kind.ObjectPath(ns, name, subresource) + $"?fieldManager={Names.FieldManager}", patch, MergePatch, cancellationToken);

    /// <param name="steps">A JSON Patch (RFC 6902).</param>
    public Task<T> PatchAsync<T>(ApiKind<T> kind, string? ns, string name, IReadOnlyList<object> steps, CancellationToken cancellationToken)
        where T : class =>
        CallAsync<T>(
            HttpMethod.Patch, kind.ObjectPath(ns, name) + $"?fieldManager={Names.FieldManager}", steps, JsonPatch, cancellationToken);

    /// <summary>Puts a whole status in place of the one there, whatever else has changed meanwhile.</summary>
    public Task ReplaceStatusAsync(ScoringServiceResource service, ScoringServiceResourceStatus status, CancellationToken cancellationToken)
    {
        // Server-side apply on 1.20 mixes the owners of spec and status; a merge needs what is gone to be null.
        var patch = JsonSerializer.SerializeToNode(JsonSerializer.Deserialize<JsonElement>(KubernetesJson.Serialize(status)))!.AsObject();
        foreach (var name in StatusMembers.Where(name => !patch.ContainsKey(name)))
        {
            patch[name] = null;
        }

        return MergeAsync(
            ApiKinds.ScoringServices, service.Metadata.NamespaceProperty, service.Metadata.Name,
            new Dictionary<string, object> { ["status"] = patch }, cancellationToken, "status");
    }

    /// <summary>Deleting what is not there succeeds. Children go in the background.</summary>
    public async Task DeleteAsync<T>(ApiKind<T> kind, string? ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync<JsonElement>(
                HttpMethod.Delete, kind.ObjectPath(ns, name), new V1DeleteOptions { PropagationPolicy = "Background" }, Json, cancellationToken);
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // Somebody was quicker.
        }
    }

    /// <summary>All there are, page by page, with the resource version to watch from.</summary>
    public async Task<ObjectList<T>> ListAsync<T>(ApiKind<T> kind, ListQuery query, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? next = null;
        do
        {
            var page = await CallAsync<ObjectList<T>>(
                HttpMethod.Get, kind.CollectionPath(query.Namespace) + query.ForList(next), null, Json, cancellationToken);
            items.AddRange(page.Items);
            next = page.Metadata.ContinueProperty;
            if (string.IsNullOrEmpty(next))
            {
                return new ObjectList<T> { Metadata = page.Metadata, Items = items };
            }
        }
        while (true);
    }

    /// <summary>What changes from a resource version on, until the limit has passed or the server ends it.</summary>
    /// <exception cref="ClusterException">410 when the server no longer knows what came after that version.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ApiKind<T> kind, ListQuery query, string resourceVersion, TimeSpan limit,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Get, kind.CollectionPath(query.Namespace) + query.ForWatch(resourceVersion, limit), null, Json, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return ReadEvent<T>(line);
            }
        }
    }

    /// <summary>Any answer that is JSON, for paths that have no kind here.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        CallAsync<JsonElement>(HttpMethod.Get, path, null, Json, cancellationToken);

    /// <summary>Asks the server something by making an object that it does not keep, such as an access review.</summary>
    public Task<T> AskAsync<T>(string path, T question, CancellationToken cancellationToken) =>
        CallAsync<T>(HttpMethod.Post, path, question, Json, cancellationToken);

    /// <summary>Server-side apply of an object of any kind.</summary>
    internal Task ApplyAsync(ObjectAddress address, object value, CancellationToken cancellationToken) => CallAsync<JsonElement>(
        HttpMethod.Patch, address.Path + $"?fieldManager={Names.FieldManager}&force=true", value, ApplyPatch, cancellationToken);

    /// <summary>The metadata of an object of any kind; null when it is not there, or the server does not know its kind.</summary>
    internal async Task<V1ObjectMeta?> FindMetadataAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        try
        {
            var value = await CallAsync<JsonElement>(HttpMethod.Get, address.Path, null, Json, cancellationToken);
            return KubernetesJson.Deserialize<V1ObjectMeta>(value.GetProperty("metadata").GetRawText());
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    internal async Task DeleteAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync<JsonElement>(
                HttpMethod.Delete, address.Path, new V1DeleteOptions { PropagationPolicy = "Background" }, Json, cancellationToken);
        }
        catch (ClusterException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // Somebody was quicker.
        }
    }

    /// <summary>A text as it comes, for example a log. The caller disposes the answer.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, Json, cancellationToken);

    /// <summary>What discovery says the server offers.</summary>
    public async Task<ClusterFeatures> DiscoverAsync(CancellationToken cancellationToken)
    {
        var version = await CallAsync<VersionInfo>(HttpMethod.Get, "version", null, Json, cancellationToken);
        var groups = await CallAsync<V1APIGroupList>(HttpMethod.Get, "apis", null, Json, cancellationToken);
        var own = await FindAsync(new ApiKind<V1Namespace>("v1", "namespaces", Namespaced: false), null, "default", cancellationToken);
        return new ClusterFeatures(
            version.GitVersion,
            PolicyV1: groups.Groups.Any(group => group.Name == "policy" && group.Versions.Any(offered => offered.Version == "v1")),
            NamespaceNameLabel: own?.Metadata.Labels?.ContainsKey("kubernetes.io/metadata.name") == true);
    }

    public void Dispose() => _owned?.Dispose();

    private static WatchEvent<T> ReadEvent<T>(string line)
    {
        using var document = JsonDocument.Parse(line);
        var type = document.RootElement.GetProperty("type").GetString();
        var value = document.RootElement.GetProperty("object").GetRawText();
        return type switch
        {
            "ADDED" => new(WatchEventKind.Added, KubernetesJson.Deserialize<T>(value)),
            "MODIFIED" => new(WatchEventKind.Modified, KubernetesJson.Deserialize<T>(value)),
            "DELETED" => new(WatchEventKind.Deleted, KubernetesJson.Deserialize<T>(value)),
            "BOOKMARK" => new(WatchEventKind.Bookmark, KubernetesJson.Deserialize<T>(value)),
            _ => throw Refusal(KubernetesJson.Deserialize<V1Status>(value), HttpStatusCode.InternalServerError),
        };
    }

    private async Task<T> CallAsync<T>(HttpMethod method, string path, object? body, string contentType, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(CallLimit);
        try
        {
            using var response = await SendAsync(method, path, body, contentType, limited.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(limited.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return KubernetesJson.Deserialize<T>(await reader.ReadToEndAsync(limited.Token));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"The API server did not answer {method} {path} within {CallLimit.TotalSeconds} s.", exception);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, string contentType, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_base, path)) { Version = HttpVersion.Version20 };
        if (body is not null)
        {
            request.Content = new StringContent(KubernetesJson.Serialize(body), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        if (_credentials is not null)
        {
            await _credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw Refusal(ReadStatus(text), response.StatusCode);
        }
    }

    private static V1Status ReadStatus(string text)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Status>(text);
        }
        catch (JsonException)
        {
            return new V1Status { Message = text };
        }
    }

    private static ClusterException Refusal(V1Status status, HttpStatusCode code) => new(
        status.Code is { } given and > 0 ? (HttpStatusCode)given : code,
        status.Reason ?? "",
        string.IsNullOrEmpty(status.Message) ? $"The API server answered {(int)code}." : status.Message);
}
