using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Fairlead.Scoring.Tests.Running;

namespace Fairlead.Scoring.Tests.Telemetry;

/// <summary>Takes track documents over HTTP, as Application Insights does.</summary>
internal sealed class TelemetryListener : IDisposable
{
    private readonly HttpListener _listener;
    private readonly BlockingCollection<JsonNode> _items = [];
    private readonly ConcurrentQueue<string> _types = new();
    private int _refusals;

    private TelemetryListener(HttpListener listener, string address, int refusals)
    {
        _listener = listener;
        _refusals = refusals;
        Address = address;
        _ = TakeAsync();
    }

    /// <summary>Without a slash at its end.</summary>
    public string Address { get; }

    public IEnumerable<string> ContentTypes => _types;

    /// <param name="refusals">How many documents are answered with 503 before one is taken.</param>
    public static TelemetryListener Start(int refusals = 0)
    {
        while (true)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            probe.Stop();
            var listener = new HttpListener { Prefixes = { address + "/v2/track/" } };
            try
            {
                listener.Start();
                return new TelemetryListener(listener, address, refusals);
            }
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }

    /// <summary>The next item, of any kind.</summary>
    public JsonNode Next() => _items.TryTake(out var item, ScoringProcess.Limit)
        ? item : throw new TimeoutException("No item of telemetry came.");

    public void Dispose()
    {
        _listener.Close();
        _items.Dispose();
    }

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var text = await reader.ReadToEndAsync();
                if (_refusals-- > 0)
                {
                    context.Response.StatusCode = 503;
                }
                else
                {
                    _types.Enqueue(context.Request.ContentType ?? "");
                    foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        _items.Add(JsonNode.Parse(line)!);
                    }
                }

                context.Response.Close();
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }
}
