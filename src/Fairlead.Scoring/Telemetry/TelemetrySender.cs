using System.Buffers;
using System.Net;
using System.Threading.Channels;

namespace Fairlead.Scoring.Telemetry;

/// <summary>Sends items in the background, several in one document. Scoring never waits for it: what does not fit the
/// queue, or cannot be delivered, is dropped and counted in the log.</summary>
internal sealed partial class TelemetrySender : IAsyncDisposable
{
    private const int MaxQueued = 2000;
    private const int MaxItems = 100;
    private const int Attempts = 3;

    /// <summary>For the last items when the host ends.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);

    private readonly Channel<byte[]> _items = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly HttpClient _client = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Uri _address;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _sending;
    private long _overflowed;

    public TelemetrySender(Uri address, TimeProvider time, ILogger logger)
    {
        _address = address;
        _time = time;
        _logger = logger;
        _sending = Task.Run(SendAllAsync);
    }

    public void Add(byte[] item)
    {
        if (!_items.Writer.TryWrite(item))
        {
            Interlocked.Increment(ref _overflowed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        _ending.CancelAfter(EndLimit);
        await _sending;
        _client.Dispose();
        _ending.Dispose();
    }

    private async Task SendAllAsync()
    {
        var document = new ArrayBufferWriter<byte>();
        while (await _items.Reader.WaitToReadAsync())
        {
            document.ResetWrittenCount();
            var count = 0;
            while (count < MaxItems && _items.Reader.TryRead(out var item))
            {
                document.Write(item);
                document.Write("\n"u8);
                count++;
            }

            await SendAsync(document.WrittenMemory, count);
            if (Interlocked.Exchange(ref _overflowed, 0) is > 0 and var lost)
            {
                LogOverflow(lost);
            }

            // Items of the next moment go together.
            await Task.WhenAny(_items.Reader.Completion, Task.Delay(Interval, _time));
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> document, int count)
    {
        var reason = "";
        for (var attempt = 1; attempt <= Attempts && !_ending.IsCancellationRequested; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            limit.CancelAfter(SendLimit);
            try
            {
                using var content = new ReadOnlyMemoryContent(document);
                content.Headers.ContentType = new("application/x-json-stream");
                using var response = await _client.PostAsync(_address, content, limit.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }

                reason = $"it answered {(int)response.StatusCode}";
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError))
                {
                    break;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                reason = exception is OperationCanceledException ? "it did not answer in time" : exception.Message;
            }

            await Task.Delay(Interval * attempt, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        LogLost(count, _address, reason);
    }

    [LoggerMessage(LogLevel.Warning, "{Count} items of telemetry could not be sent to {Address}: {Reason}")]
    private partial void LogLost(int count, Uri address, string reason);

    [LoggerMessage(LogLevel.Warning, "{Count} items of telemetry were dropped: more came than could be sent")]
    private partial void LogOverflow(long count);
}
