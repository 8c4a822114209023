using Fairlead.Gateway.Forwarding;
using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Routing;

/// <summary>What attempts for the same request have in common.</summary>
/// <param name="Context">The client's.</param>
/// <param name="Service">Who answers.</param>
/// <param name="Snapshot">The picture of the service that the request began with.</param>
/// <param name="Path">On the replica.</param>
/// <param name="Kind">Whether the model runs.</param>
/// <param name="Ids">Of the request.</param>
internal readonly record struct RequestAttempt(
    HttpContext Context, ServiceState Service, ServiceSnapshot Snapshot, PathString Path, LeaseKind Kind, RequestIds Ids);

/// <summary>Has a request answered under a lease, and releases it. When the service wants it, and no answer has come after a while, a
/// second replica is asked too, if one is free (hedging; Dean and Barroso, The Tail at Scale, 2013).</summary>
internal sealed class LeasedAttempts(ReplicaForwarder forwarder, GatewayMetrics metrics, TimeProvider time)
{
    public Task<ForwardOutcome> RunAsync(RequestAttempt request, LeaseResult granted, ScoringBody body, RequestRecord record)
    {
        var after = request.Snapshot.Route.Spec.HedgeAfterMs;
        return after > 0 && request.Kind == LeaseKind.Scoring && (body.IsHeld || !ScoringBody.IsIn(request.Context))
            ? HedgeAsync(request, granted, body, record, TimeSpan.FromMilliseconds(after))
            : RunOneAsync(request, granted, body, record, null, request.Context.RequestAborted);
    }

    private async Task<ForwardOutcome> RunOneAsync(
        RequestAttempt request, LeaseResult granted, ScoringBody body, RequestRecord record, AnswerRace? race, CancellationToken gone)
    {
        var end = LeaseEnd.Abandoned;
        using var fenced = granted.Fence.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(gone, granted.Fence) : null;
        try
        {
            var outcome = await forwarder.ForwardAsync(
                request.Context, request.Snapshot, request.Path, granted.Lease.Endpoint, request.Ids, body, record,
                fenced?.Token ?? gone, race);
            end = outcome.ToLeaseEnd(request.Context.Response.StatusCode);
            return outcome;
        }
        finally
        {
            request.Service.Queue.Release(granted.Lease, end);
        }
    }

    private async Task<ForwardOutcome> HedgeAsync(
        RequestAttempt request, LeaseResult granted, ScoringBody body, RequestRecord record, TimeSpan after)
    {
        var hedge = new RequestRecord();
        hedge.BeginHedge(record);
        using var race = new AnswerRace(record, request.Context.RequestAborted);
        var first = RunOneAsync(request, granted, body, record, race, race.First);
        using (var answered = CancellationTokenSource.CreateLinkedTokenSource(race.Second))
        {
            await Task.WhenAny(first, Task.Delay(after, time, answered.Token));
            await answered.CancelAsync();
        }

        if (first.IsCompleted || race.Winner is not null)
        {
            return await first;
        }

        // It never waits for a place that another request could have.
        var extra = await request.Service.Queue.AcquireAsync(new LeaseRequest(LeaseKind.Scoring, OnlyIfFree: true), race.Second);
        if (extra.Outcome == LeaseOutcome.Granted && extra.Lease.Endpoint.Id == granted.Lease.Endpoint.Id)
        {
            request.Service.Queue.Release(extra.Lease, LeaseEnd.Abandoned);
            extra = extra with { Outcome = LeaseOutcome.QueueFull };
        }

        if (extra.Outcome != LeaseOutcome.Granted)
        {
            if (race.Winner is null)
            {
                metrics.Hedged(record.Service, "no-free-replica");
            }

            return await first;
        }

        using var copy = body.IsHeld ? body.Copy(hedge) : ScoringBody.Of([], hedge);
        var second = RunOneAsync(request, extra, copy, hedge, race, race.Second);
        await Task.WhenAll(first, second);
        record.Attempts++;
        metrics.Hedged(record.Service, race.Winner == hedge ? "won" : "lost");
        if (race.Winner != hedge)
        {
            return await first;
        }

        record.Replica = extra.Lease.Endpoint.Id;
        record.BytesOut = hedge.BytesOut;
        return await second;
    }
}
