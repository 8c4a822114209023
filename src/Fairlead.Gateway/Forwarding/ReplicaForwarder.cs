using System.Net.Sockets;
using Fairlead.Contracts;
using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Makes one attempt to have a request answered by one replica, streaming both ways.</summary>
internal sealed partial class ReplicaForwarder(ReplicaConnections connections, ILogger<ReplicaForwarder> logger)
{
    // Interim answers (100, 103) are dropped; a replica that sends more than these is broken.
    private const int MaxInterim = 8;

    /// <param name="gone">Ends it: nobody waits for the answer any more.</param>
    /// <param name="race">Against another attempt: the first that has an answer gives it to the client.</param>
    public async ValueTask<ForwardOutcome> ForwardAsync(
        HttpContext context, ServiceSnapshot service, PathString path, ReplicaEndpoint replica, RequestIds ids, ScoringBody body,
        RequestRecord record, CancellationToken gone, AnswerRace? race = null)
    {
        var connection = connections.TryTake(replica.Address);
        if (connection is null)
        {
            try
            {
                connection = await connections.ConnectAsync(replica.Address, gone);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                return gone.IsCancellationRequested ? ForwardOutcome.ClientGone : ForwardOutcome.Unreachable;
            }
        }

        var attempt = new ForwardAttempt();
        var reusable = false;
        connection.SetDeadline(service.ScoringTimeout);
        var breaksOff = gone.UnsafeRegister(static state => ((ReplicaConnection)state!).Dispose(), connection);
        try
        {
            connection.PassedOn = 0;
            await SendAsync(attempt, connection, context, service, path, replica, ids, body, record.ForwardedTraceParent);
            await ReadHeadAsync(connection);
            if (connection.Answer.Status == StatusCodes.Status503ServiceUnavailable
                && connection.Answer.Has(ScoringHostHeaders.Refused))
            {
                return ForwardOutcome.Refused;
            }

            if (race?.TryWin(record) == false)
            {
                return ForwardOutcome.ClientGone;
            }

            WriteHead(connection.Answer, context.Response, ids, record.ServerTiming);
            var ended = await CopyBodyAsync(connection, context, service.ScoringTimeout);
            reusable = ended && connection.Answer.KeepsAlive && connection.Received.IsEmpty
                && (attempt.Sending is null || (attempt.Sending.IsCompletedSuccessfully && await attempt.Sending));
            return connection.Answer.Status == StatusCodes.Status500InternalServerError
                ? ForwardOutcome.ModelFailed
                : ForwardOutcome.Answered;
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException
            or OperationCanceledException or BadAnswerException or BadHttpRequestException)
        {
            return Failed(exception, attempt, connection, context, replica, ids, body, race is null || race.Winner == record, gone);
        }
        finally
        {
            await breaksOff.DisposeAsync();
            record.BytesOut = connection.PassedOn;
            connection.ClearDeadline();
            if (!reusable)
            {
                connection.Dispose();
            }

            await attempt.DisposeAsync();
            if (reusable && !gone.IsCancellationRequested)
            {
                ReplicaConnections.Return(connection);
            }
            else
            {
                connection.Dispose();
            }
        }
    }

    private static ValueTask<int> SendAsync(
        ForwardAttempt attempt, ReplicaConnection connection, HttpContext context, ServiceSnapshot service, PathString path,
        ReplicaEndpoint replica, RequestIds ids, ScoringBody body, string? traceParent)
    {
        var request = context.Request;
        var hasBody = ScoringBody.IsIn(context);
        var length = hasBody ? request.ContentLength
            : request.ContentLength is null && !HttpMethods.IsPost(request.Method) ? -1 : 0;
        var address = replica.Address;
        var head = connection.Head;
        head.Clear();
        RequestHead.Write(
            head, request, address.AbsolutePath.Length > 1 ? address.AbsolutePath.TrimEnd('/') : "", path, address.Authority,
            service.IsGuarded, ids.Id, length, traceParent);
        var whole = body.Whole;
        if (!whole.IsEmpty)
        {
            head.Write(whole.Span);
            body.SkipWhole();
            hasBody = false;
        }

        // From here the replica may have got it.
        attempt.Sent = true;
        if (hasBody)
        {
            attempt.Sending = attempt.SendAllAsync(connection, body, length is null);
            return new ValueTask<int>(0);
        }

        return connection.SendAsync(head.Written);
    }

    private static async ValueTask ReadHeadAsync(ReplicaConnection connection)
    {
        for (var interim = 0; interim <= MaxInterim; interim++)
        {
            int end;
            while ((end = FindEnd(connection.Received)) < 0)
            {
                if (await connection.ReceiveAsync() == 0)
                {
                    throw new IOException("The replica closed before it answered.");
                }
            }

            connection.Answer.Parse(connection.Received[..end]);
            connection.Consume(end);
            switch (connection.Answer.Status)
            {
                case StatusCodes.Status101SwitchingProtocols:
                    throw new BadAnswerException("it switches protocols, which nobody asked for");
                case >= 200:
                    return;
            }
        }

        throw new BadAnswerException("it has too many interim answers");
    }

    private static int FindEnd(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end >= 0 && end <= ResponseHead.MaxBytes)
        {
            return end + 4;
        }

        var line = bytes.IndexOf((byte)'\n');
        if (bytes.Length > ResponseHead.MaxBytes || (line >= 0 && (line == 0 || bytes[line - 1] != '\r')))
        {
            throw new BadAnswerException("its head is too long or has a line that does not end with CR LF");
        }

        if (!bytes.StartsWith("HTTP/1."u8[..Math.Min(7, bytes.Length)]))
        {
            throw new BadAnswerException("it does not begin with an HTTP/1.1 status line");
        }

        return -1;
    }

    // The model's 500 becomes 502 (§4.5).
    private static void WriteHead(ResponseHead answer, HttpResponse response, RequestIds ids, string? serverTiming)
    {
        var failed = answer.Status == StatusCodes.Status500InternalServerError;
        response.StatusCode = failed ? StatusCodes.Status502BadGateway : answer.Status;
        if (!failed && answer.Reason.Length > 0 && answer.Reason != ReasonPhrases.GetReasonPhrase(answer.Status)
            && response.HttpContext.Features.Get<IHttpResponseFeature>() is { } feature)
        {
            feature.ReasonPhrase = answer.Reason;
        }

        var headers = response.Headers;
        for (var i = 0; i < answer.Count; i++)
        {
            if (answer.GoesOn(i))
            {
                var (name, value) = answer[i];
                headers[name] = headers.TryGetValue(name, out var before) ? StringValues.Concat(before, value) : value;
            }
        }

        headers.Remove(ScoringHostHeaders.Refused);
        headers.Remove(ScoringHostHeaders.AnsweredByGateway);
        ids.AddMissingTo(headers);
        if (serverTiming is not null)
        {
            headers.Append("Server-Timing", serverTiming);
        }

        if (answer.ContentLength is { } length
            && answer.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent))
        {
            response.ContentLength = length;
        }
    }

    // False when the connection ends with the answer.
    private static async ValueTask<bool> CopyBodyAsync(ReplicaConnection connection, HttpContext context, TimeSpan pause)
    {
        var answer = connection.Answer;
        switch (answer.Status)
        {
            case StatusCodes.Status204NoContent:
                // Its body, were there one, would look like the next answer.
                return answer.ContentLength is null or 0;
            case StatusCodes.Status205ResetContent:
                return answer is { ContentLength: 0 };
            case StatusCodes.Status304NotModified:
                return true;
        }

        if (answer is { ContentLength: 0 })
        {
            return true;
        }

        await context.Response.StartAsync();
        var writer = context.Response.BodyWriter;
        if (answer.IsChunked)
        {
            await AnswerBody.CopyChunksAsync(connection, writer, pause);
            return true;
        }

        if (answer.ContentLength is { } length)
        {
            await AnswerBody.CopyLengthAsync(connection, writer, length, pause);
            return true;
        }

        await AnswerBody.CopyToEndAsync(connection, writer, pause);
        return false;
    }

    private ForwardOutcome Failed(
        Exception exception, ForwardAttempt attempt, ReplicaConnection connection, HttpContext context, ReplicaEndpoint replica,
        RequestIds ids, ScoringBody body, bool mayAnswer, CancellationToken gone)
    {
        if (exception is BadAnswerException)
        {
            LogBadAnswer(replica.Id, replica.Address, exception.Message, ids.Id);
        }

        if (gone.IsCancellationRequested)
        {
            return ForwardOutcome.ClientGone;
        }

        if (mayAnswer && context.Response.HasStarted)
        {
            context.Abort();
            return ForwardOutcome.Broken;
        }

        return body.Failure is not null || exception is BadHttpRequestException ? ForwardOutcome.BadBody
            : connection.TimedOut ? ForwardOutcome.TimedOut
            : exception is BadAnswerException ? ForwardOutcome.BadAnswer
            : attempt.Sent ? ForwardOutcome.ReplicaClosed
            : ForwardOutcome.Unreachable;
    }

    [LoggerMessage(LogLevel.Warning, "The answer of replica {Replica} ({Address}) is not valid HTTP: {Reason}; request {RequestId}")]
    private partial void LogBadAnswer(string replica, Uri address, string reason, string requestId);
}
