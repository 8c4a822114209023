using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Splitting;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fairlead.Gateway.Shadowing;

/// <summary>Sends copies of an endpoint's requests to its shadow versions, after their clients have got their answers, and compares
/// the answers. Nobody waits for it, and no other version's replica is used for it.</summary>
internal sealed partial class ShadowTraffic(
    ServiceTable services,
    ReplicaForwarder forwarder,
    ShadowMetrics metrics,
    IOptions<GatewayOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ShadowTraffic> logger)
{
    private int _running;

    /// <summary>Copies the request when a shadow version is to get it; null when none is, or nothing can be copied. Called before its
    /// body is read.</summary>
    public MirroredRequest? Copy(
        HttpContext context, string endpoint, TrafficTable traffic, PathString path, ScoringBody body, RequestIds ids)
    {
        List<VersionShare>? chosen = null;
        foreach (var version in traffic.Shadows)
        {
            if (Random.Shared.NextDouble() * 100 < (double)version.ShadowPercentile)
            {
                (chosen ??= []).Add(version);
            }
        }

        if (chosen is null)
        {
            return null;
        }

        var copy = MirroredRequest.TryCopy(context, endpoint, path, body, ids, chosen);
        if (copy is null)
        {
            chosen.ForEach(version => metrics.Ended(endpoint, version.Name, ShadowOutcomes.Skipped));
        }

        return copy;
    }

    /// <summary>The client has got its answer: sends the copies.</summary>
    public void Send(MirroredRequest request, int status)
    {
        var expected = new Answer(status, request.AnswerHash());
        foreach (var version in request.Versions)
        {
            if (Interlocked.Increment(ref _running) > options.Value.MaxShadowRequests)
            {
                Interlocked.Decrement(ref _running);
                metrics.Ended(request.Endpoint, version.Name, ShadowOutcomes.Dropped);
                continue;
            }

            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => RunAsync(request, version, expected));
            }
        }
    }

    private async Task RunAsync(MirroredRequest request, VersionShare version, Answer expected)
    {
        var outcome = ShadowOutcomes.Failed;
        try
        {
            outcome = await CompareAsync(request, version, expected, lifetime.ApplicationStopping);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // As good as no answer.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            metrics.Ended(request.Endpoint, version.Name, outcome);
            LogEnded(request.Endpoint, version.Name, outcome, request.Ids.Id);
        }
    }

    private async Task<string> CompareAsync(
        MirroredRequest request, VersionShare version, Answer expected, CancellationToken stopping)
    {
        if (services.Find(version.Service) is not { } service)
        {
            return ShadowOutcomes.Dropped;
        }

        var granted = await service.Queue.AcquireAsync(
            new LeaseRequest(LeaseKind.Scoring, null, ServiceRequestHandler.RequestBytes + request.Bytes), stopping);
        if (granted.Outcome != LeaseOutcome.Granted)
        {
            return ShadowOutcomes.Dropped;
        }

        var end = LeaseEnd.Abandoned;
        var began = time.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, granted.Fence);
        using var answer = new HashingBody(new StreamResponseBodyFeature(Stream.Null));
        var context = request.ToContext(version, answer);
        var record = new RequestRecord();
        record.Begin(service.Name, context.Request.Method, request.Path.Value!, request.Ids.Id, null, began);
        ForwardOutcome outcome;
        try
        {
            using var body = request.ToBody(record);
            outcome = await forwarder.ForwardAsync(
                context, service.Snapshot, request.Path, granted.Lease.Endpoint, request.Ids, body, record, ended.Token);
            end = outcome.ToLeaseEnd(context.Response.StatusCode);
        }
        finally
        {
            service.Queue.Release(granted.Lease, end);
        }

        if (outcome is not (ForwardOutcome.Answered or ForwardOutcome.ModelFailed))
        {
            return outcome == ForwardOutcome.Refused ? ShadowOutcomes.Dropped : ShadowOutcomes.Failed;
        }

        metrics.Answered(request.Endpoint, version.Name, time.GetElapsedTime(began));
        return context.Response.StatusCode != expected.Status ? ShadowOutcomes.DifferentStatus
            : answer.Hash().AsSpan().SequenceEqual(expected.Hash) ? ShadowOutcomes.Same
            : ShadowOutcomes.DifferentBody;
    }

    [LoggerMessage(LogLevel.Debug, "Shadow version {Version} of {Endpoint}: {Outcome} for {RequestId}")]
    private partial void LogEnded(string endpoint, string version, string outcome, string requestId);

    private readonly record struct Answer(int Status, byte[] Hash);
}
