using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Fairlead.Cli.Probing;

/// <summary>Sends requests at a steady rate, whatever becomes of those before (an open loop), and counts what comes of each.</summary>
internal sealed class Prober(ProbePlan plan, ProbeTally tally, TimeProvider time) : IDisposable
{
    /// <summary>More without an answer at a time are not sent, but counted as failed.</summary>
    private const int MaxOutstanding = 20_000;

    private const string GatewayHeader = "x-fairlead-gateway";
    private const string RequestIdHeader = "x-request-id";
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = plan.NewConnections ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, plan.ConnectAttempts, time, cancellationToken),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    // The loop itself counts as one, so that the end is the end of all.
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _outstanding = 1;

    /// <summary>Runs for the plan's duration, or until cancelled; then waits for the answers that are still to come.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var total = plan.Duration is { } duration ? (long)Math.Ceiling(duration.TotalSeconds * plan.Rate) : long.MaxValue;
        for (long i = 0; i < total && !cancellationToken.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds(i / plan.Rate);
            var early = due - time.GetElapsedTime(start);
            if (early > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(early, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (cancellationToken.IsCancellationRequested)
                {
                    break;
                }
            }

            tally.Sent();
            if (Volatile.Read(ref _outstanding) >= MaxOutstanding)
            {
                tally.HasFailed("not sent", $"{MaxOutstanding} requests are without an answer", null);
                continue;
            }

            Interlocked.Increment(ref _outstanding);
            _ = SendAndCountAsync(start + (long)(due.TotalSeconds * time.TimestampFrequency));
        }

        Leave();
        await _ended.Task;
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAndCountAsync(long dueAt)
    {
        // Away from the loop: what begins a request must not delay the next one.
        await Task.Yield();
        try
        {
            await SendAsync(dueAt);
        }
        catch (Exception exception)
        {
            tally.HasFailed("defect", exception.ToString(), null);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _outstanding) == 0)
        {
            _ended.TrySetResult();
        }
    }

    private async Task SendAsync(long dueAt)
    {
        using var limit = new CancellationTokenSource(plan.Timeout, time);
        using var request = new HttpRequestMessage(HttpMethod.Post, plan.Address) { Content = new ByteArrayContent(plan.Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(plan.ContentType);
        if (plan.Key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", plan.Key);
        }

        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            var status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (response.IsSuccessStatusCode)
            {
                tally.Answered(status, time.GetElapsedTime(dueAt));
            }
            else
            {
                tally.HasFailed(
                    Header(response, GatewayHeader) is { } reason ? $"{status} {reason}" : status,
                    System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))), Header(response, RequestIdHeader));
            }
        }
        catch (OperationCanceledException)
        {
            tally.HasFailed("timeout", $"no answer within {plan.Timeout.TotalSeconds} s", null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            tally.HasFailed(Name(exception), exception.GetBaseException().Message, null);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(
        System.Net.DnsEndPoint address, int attempts, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (attempt < attempts)
            {
                socket.Dispose();
                await Task.Delay(ConnectPause, time, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private static string Name(Exception exception) => exception.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "connection reset",
        SocketException socket => "connection: " + socket.SocketErrorCode,
        HttpIOException http => "connection: " + http.HttpRequestError,
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => "connection: " + http.HttpRequestError,
        _ => "connection broken",
    };
}
