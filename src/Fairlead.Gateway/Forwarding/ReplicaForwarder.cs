using Fairlead.Contracts.Routing;
using Fairlead.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Forwarding;

/// <summary>Makes one attempt to have a request answered by one replica, streaming both ways.</summary>
internal sealed class ReplicaForwarder(IHttpForwarder forwarder, ReplicaClient client, TimeProvider time)
{
    public async Task<ForwardOutcome> ForwardAsync(
        HttpContext context, ServiceSnapshot service, PathString path, ReplicaEndpoint replica, RequestIds ids, ScoringBody body)
    {
        using var timeout = new CancellationTokenSource(service.ScoringTimeout, time);
        var transformer = new ScoringTransformer(path, service.Route.Spec.AuthEnabled, ids, timeout);
        var mark = SendMark.Begin();
        var error = await forwarder.SendAsync(
            context, replica.Address.AbsoluteUri, client.Invoker, service.Forwarding, transformer, timeout.Token);

        if (error == ForwarderError.None)
        {
            return transformer.Refused ? ForwardOutcome.Refused
                : transformer.ModelFailed ? ForwardOutcome.ModelFailed
                : ForwardOutcome.Answered;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return ForwardOutcome.ClientGone;
        }

        if (context.Response.HasStarted)
        {
            return ForwardOutcome.Broken;
        }

        if (body.Failure is not null)
        {
            return ForwardOutcome.BadBody;
        }

        // The forwarder's own limit on pauses is as long as ours, and may be the first to fire.
        if (timeout.IsCancellationRequested || error == ForwarderError.RequestTimedOut)
        {
            return ForwardOutcome.TimedOut;
        }

        return mark.Sent ? ForwardOutcome.ReplicaClosed : ForwardOutcome.Unreachable;
    }
}
