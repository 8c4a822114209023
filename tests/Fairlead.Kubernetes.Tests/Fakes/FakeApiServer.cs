using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using System.Web;
using Fairlead.Kubernetes.Cluster;

namespace Fairlead.Kubernetes.Tests.Fakes;

/// <summary>An API server in memory, for one collection or several: objects with uids, generations and resource versions,
/// lists, watches with bookmarks and a memory that ends, create, replace with conflicts, merge and apply. It keeps defaults,
/// schemas and field owners to itself.</summary>
internal sealed class FakeApiServer : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(long Version, string Path, string Type, JsonObject Value)> _history = [];
    private readonly List<(string Collection, ChannelWriter<string> Lines)> _watches = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1;
    private long _oldest;

    /// <summary>Ends with the next change of any object.</summary>
    public Task NextChange
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Each request that was answered, as <c>GET path</c> or <c>WATCH path</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>While set, every request fails as if nobody listened, and watches end.</summary>
    public bool IsAway
    {
        get;
        set
        {
            field = value;
            EndWatches();
        }
    }

    /// <summary>An answer in place of the server's own; null: the server answers.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Intercept { get; set; } = _ => null;

    public ClusterClient CreateClient() => new(new HttpClient(this), new Uri("http://cluster.test/"));

    public IEnumerable<string> Writes => Requests.Where(request => request.Split(' ')[0] is not ("GET" or "WATCH"));

    /// <summary>Makes or changes an object as somebody else would.</summary>
    /// <param name="path">Path of the object.</param>
    public JsonObject Put(string path, string json)
    {
        lock (_lock)
        {
            return Store_NeedsLock(path, JsonNode.Parse(json)!.AsObject(), isStatus: false);
        }
    }

    public void Remove(string path)
    {
        lock (_lock)
        {
            if (_objects.Remove(path, out var gone))
            {
                Tell_NeedsLock(path, "DELETED", Stamp_NeedsLock((JsonObject)gone.DeepClone()));
            }
        }
    }

    public JsonObject? Find(string path)
    {
        lock (_lock)
        {
            return (JsonObject?)_objects.GetValueOrDefault(path)?.DeepClone();
        }
    }

    /// <summary>From now on the server knows nothing of what was before: watches from older versions are refused with 410.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _oldest = ++_version;
            _history.Clear();
        }

        EndWatches();
    }

    /// <summary>Tells every watch the present version, as servers do from time to time.</summary>
    public void Bookmark()
    {
        lock (_lock)
        {
            foreach (var (_, lines) in _watches)
            {
                lines.TryWrite(Line("BOOKMARK", new JsonObject
                {
                    ["metadata"] = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) },
                }));
            }
        }
    }

    public void EndWatches()
    {
        lock (_lock)
        {
            _watches.ForEach(watch => watch.Lines.TryComplete());
            _watches.Clear();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsAway)
        {
            throw new HttpRequestException("nobody listens");
        }

        var path = request.RequestUri!.AbsolutePath.TrimStart('/');
        var query = HttpUtility.ParseQueryString(request.RequestUri.Query);
        Requests.Enqueue($"{(query["watch"] == "true" ? "WATCH" : request.Method)} {path}");
        if (Intercept(request) is { } given)
        {
            return given;
        }

        var content = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken))!;
        if (content is JsonArray steps)
        {
            lock (_lock)
            {
                return Patch_NeedsLock(path, steps);
            }
        }

        var body = content?.AsObject();
        lock (_lock)
        {
            return query["watch"] == "true" ? Watch_NeedsLock(path, long.Parse(query["resourceVersion"]!, CultureInfo.InvariantCulture))
                : request.Method == HttpMethod.Get ? Get_NeedsLock(path)
                : request.Method == HttpMethod.Delete ? Delete_NeedsLock(path)
                : request.Method == HttpMethod.Post ? Create_NeedsLock(path, body!)
                : request.Method == HttpMethod.Put ? Replace_NeedsLock(path, body!)
                : Patch_NeedsLock(path, body!);
        }
    }

    private HttpResponseMessage Get_NeedsLock(string path)
    {
        if (_objects.TryGetValue(path, out var found))
        {
            return Json(HttpStatusCode.OK, found);
        }

        if (IsCollection(path))
        {
            var items = new JsonArray([.. _objects.Where(pair => IsIn(path, pair.Key)).Select(pair => pair.Value.DeepClone())]);
            return Json(HttpStatusCode.OK, new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) },
                ["items"] = items,
            });
        }

        return Refuse(HttpStatusCode.NotFound, "NotFound", path + " not found");
    }

    private HttpResponseMessage Create_NeedsLock(string collection, JsonObject value)
    {
        var metadata = value["metadata"]!.AsObject();
        var name = (string?)metadata["name"] ?? (string)metadata["generateName"]! + _version;
        metadata["name"] = name;
        var path = collection + "/" + name;
        return _objects.ContainsKey(path)
            ? Refuse(HttpStatusCode.Conflict, "AlreadyExists", path + " already exists")
            : Json(HttpStatusCode.Created, Store_NeedsLock(path, value, isStatus: false));
    }

    private HttpResponseMessage Replace_NeedsLock(string path, JsonObject value)
    {
        var given = (string?)value["metadata"]!["resourceVersion"];
        return !_objects.TryGetValue(path, out var known) ? Refuse(HttpStatusCode.NotFound, "NotFound", path + " not found")
            : given is not null && given != (string?)known["metadata"]!["resourceVersion"] ? Refuse(HttpStatusCode.Conflict, "Conflict", "the object has been modified")
            : Json(HttpStatusCode.OK, Store_NeedsLock(path, value, isStatus: false));
    }

    private HttpResponseMessage Patch_NeedsLock(string path, JsonObject patch)
    {
        var isStatus = path.EndsWith("/status", StringComparison.Ordinal);
        var isScale = path.EndsWith("/scale", StringComparison.Ordinal);
        var target = isStatus || isScale ? path[..path.LastIndexOf('/')] : path;
        if ((isStatus || isScale) && !_objects.ContainsKey(target))
        {
            return Refuse(HttpStatusCode.NotFound, "NotFound", target + " not found");
        }

        if ((string?)patch["metadata"]?["resourceVersion"] is { } given && given != (string?)_objects[target]["metadata"]!["resourceVersion"])
        {
            return Refuse(HttpStatusCode.Conflict, "Conflict", "the object has been modified");
        }

        var merged = _objects.TryGetValue(target, out var known) ? (JsonObject)known.DeepClone() : [];
        Merge(merged, patch);
        return Json(HttpStatusCode.OK, Store_NeedsLock(target, merged, isStatus));
    }

    // JSON Patch, of it what is used: test and replace.
    private HttpResponseMessage Patch_NeedsLock(string path, JsonArray steps)
    {
        var changed = (JsonObject)_objects[path].DeepClone();
        foreach (var step in steps)
        {
            var names = ((string)step!["path"]!)[1..].Split('/');
            var owner = names[..^1].Aggregate((JsonNode)changed, static (node, name) => node is JsonArray items
                ? items[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!);
            if ((string)step["op"]! == "replace")
            {
                owner[names[^1]] = step["value"]!.DeepClone();
            }
            else if (!JsonNode.DeepEquals(owner[names[^1]], step["value"]))
            {
                return Refuse(HttpStatusCode.UnprocessableEntity, "Invalid", "the test failed");
            }
        }

        return Json(HttpStatusCode.OK, Store_NeedsLock(path, changed, isStatus: false));
    }

    private HttpResponseMessage Delete_NeedsLock(string path)
    {
        if (!_objects.Remove(path, out var gone))
        {
            return Refuse(HttpStatusCode.NotFound, "NotFound", path + " not found");
        }

        Tell_NeedsLock(path, "DELETED", Stamp_NeedsLock((JsonObject)gone.DeepClone()));
        return Json(HttpStatusCode.OK, new JsonObject { ["kind"] = "Status", ["status"] = "Success" });
    }

    private HttpResponseMessage Watch_NeedsLock(string collection, long from)
    {
        if (from < _oldest)
        {
            return Refuse(HttpStatusCode.Gone, "Expired", "too old resource version");
        }

        var lines = Channel.CreateUnbounded<string>();
        foreach (var (version, path, type, value) in _history.Where(change => change.Version > from && IsIn(collection, change.Path)))
        {
            lines.Writer.TryWrite(Line(type, value));
        }

        _watches.Add((collection, lines.Writer));
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new LineStream(lines.Reader)) };
    }

    private JsonObject Store_NeedsLock(string path, JsonObject value, bool isStatus)
    {
        var known = _objects.GetValueOrDefault(path);
        var metadata = value["metadata"]!.AsObject();
        metadata["uid"] = (string?)known?["metadata"]!["uid"] ?? Guid.NewGuid().ToString();
        var generation = (long?)known?["metadata"]!["generation"] ?? 0;
        metadata["generation"] = isStatus || (known is not null && JsonNode.DeepEquals(known["spec"], value["spec"])) ? generation : generation + 1;
        var stored = Stamp_NeedsLock((JsonObject)value.DeepClone());
        _objects[path] = stored;
        Tell_NeedsLock(path, known is null ? "ADDED" : "MODIFIED", stored);
        return stored;
    }

    private JsonObject Stamp_NeedsLock(JsonObject value)
    {
        value["metadata"]!["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        return value;
    }

    private void Tell_NeedsLock(string path, string type, JsonObject value)
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _history.Add((_version, path, type, (JsonObject)value.DeepClone()));
        foreach (var (collection, lines) in _watches.Where(watch => IsIn(watch.Collection, path)))
        {
            lines.TryWrite(Line(type, value));
        }
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject part && target[name] is JsonObject known)
            {
                Merge(known, part);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    // apis/group/version[/namespaces/ns]/plural: an object has one part more.
    private static bool IsCollection(string path) =>
        path.Split('/') is var parts && (parts[0] == "api" ? parts.Length is 3 or 5 : parts.Length is 4 or 6) && !(parts[^2] == "namespaces");

    private static bool IsIn(string collection, string path)
    {
        var parts = path.Split('/');
        if (parts.Length < 4)
        {
            return false; // Not an object of a collection: the server's own pages.
        }

        var root = parts[0] == "api" ? 2 : 3;
        var all = string.Join('/', parts[..root].Append(parts[^2]));
        return collection == all || collection == string.Join('/', parts[..^1]);
    }

    private static string Line(string type, JsonObject value) => new JsonObject { ["type"] = type, ["object"] = value.DeepClone() }.ToJsonString();

    private static HttpResponseMessage Json(HttpStatusCode code, JsonObject value) =>
        new(code) { Content = new StringContent(value.ToJsonString(), Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Refuse(HttpStatusCode code, string reason, string message) => Json(code, new JsonObject
    {
        ["kind"] = "Status",
        ["status"] = "Failure",
        ["code"] = (int)code,
        ["reason"] = reason,
        ["message"] = message,
    });

    /// <summary>Lines as they come, as a stream.</summary>
    private sealed class LineStream(ChannelReader<string> lines) : Stream
    {
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_rest.Length == 0)
            {
                if (!await lines.WaitToReadAsync(cancellationToken) || !lines.TryRead(out var line))
                {
                    return 0;
                }

                _rest = Encoding.UTF8.GetBytes(line + "\n");
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
