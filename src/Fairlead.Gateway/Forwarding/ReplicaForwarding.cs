using Fairlead.Gateway.Leasing;
using Fairlead.Gateway.Listening;
using Fairlead.Gateway.Routing;
using Fairlead.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Takes an admitted request to a replica that is free, and to another one when the first did not take it.</summary>
internal sealed class ReplicaForwarding(
    IHttpForwarder forwarder, ReplicaConnections connections, GatewayMetrics metrics, TimeProvider time,
    IOptions<GatewayOptions> options)
{
    /// <returns>What the gateway must answer itself; null when the replica's answer was passed on.</returns>
    public async Task<GatewayAnswer?> ForwardAsync(
        HttpContext context, ServiceEntry service, string path, ReplayableBody? body)
    {
        var since = time.GetTimestamp();
        var last = AttemptOutcome.Done;
        for (var attempt = 0; ; attempt++)
        {
            var asked = time.GetTimestamp();
            var acquired = await service.Queue.AcquireAsync(context.RequestAborted, attempt == 0 ? null : since);
            metrics.Waited(service.Name, acquired.Outcome, time.GetElapsedTime(asked));
            if (acquired.Outcome != LeaseOutcome.Granted)
            {
                return NotGranted(service.Name, acquired.Outcome, last);
            }

            last = await TryAsync(context, service, path, body, acquired.Lease);
            switch (last)
            {
                case AttemptOutcome.Done:
                    return null;
                case AttemptOutcome.TimedOut:
                    return GatewayAnswer.ScoringTimeout(service.Snapshot.Spec.ScoringTimeoutMs);
                case AttemptOutcome.Closed:
                    return GatewayAnswer.ReplicaClosed;
                case AttemptOutcome.BadBody:
                    return BodyReading.AnswerOf(body?.ReadError, options.Value);
                case AttemptOutcome.Refused when body is { CanReplay: false }:
                    return GatewayAnswer.Overloaded(service.Name, "replica-refused");
                case AttemptOutcome.Refused or AttemptOutcome.Unreachable:
                    metrics.Retried(service.Name, last == AttemptOutcome.Refused ? "refused" : "unreachable");
                    context.Response.Clear();
                    body?.Rewind();
                    break;
            }
        }
    }

    private async Task<AttemptOutcome> TryAsync(
        HttpContext context, ServiceEntry service, string path, ReplayableBody? body, ReplicaLease lease)
    {
        var outcome = AttemptOutcome.Done;
        try
        {
            var transformer = new ReplicaTransformer(lease.Address, path);
            var error = await forwarder.SendAsync(
                context, lease.Address.OriginalString, connections.Client, service.Snapshot.Forwarding, transformer);
            outcome = ReplicaAttempt.Classify(context, error, transformer.Refused);
            if (outcome == AttemptOutcome.Closed && body?.ReadError is BadHttpRequestException)
            {
                // A body cut off half-way looks like a broken connection from the other side.
                outcome = AttemptOutcome.BadBody;
            }

            return outcome;
        }
        finally
        {
            if (outcome is AttemptOutcome.Refused or AttemptOutcome.Unreachable)
            {
                lease.ReleaseRefused(options.Value.RefusedReplicaRest);
            }
            else
            {
                lease.Release();
            }
        }
    }

    private static GatewayAnswer? NotGranted(string service, LeaseOutcome outcome, AttemptOutcome last) => outcome switch
    {
        LeaseOutcome.Cancelled or LeaseOutcome.Granted => null,
        LeaseOutcome.Removed => GatewayAnswer.UnknownService(service),
        LeaseOutcome.NoReplicas => GatewayAnswer.NoReplicas(service),
        LeaseOutcome.TimedOut when last == AttemptOutcome.Unreachable => GatewayAnswer.NoReplicas(service),
        LeaseOutcome.TimedOut => GatewayAnswer.Overloaded(service, "queue-timeout"),
        LeaseOutcome.QueueFull => GatewayAnswer.Overloaded(service, "queue-full"),
    };
}
