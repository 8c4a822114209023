using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Fairlead.Gateway.Forwarding;

/// <summary>How one try to have a replica answer ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>The replica's answer was passed on, or the client has gone: nothing is left to say.</summary>
    Done,

    /// <summary>No connection; nothing was sent.</summary>
    Unreachable,

    /// <summary>The replica said that it ran nothing.</summary>
    Refused,
    TimedOut,

    /// <summary>The connection broke before there was an answer.</summary>
    Closed,

    /// <summary>Reading the body from the client failed; the body knows why.</summary>
    BadBody,
}

/// <summary>Reads the outcome of an attempt from what the forwarder left behind.</summary>
internal static class ReplicaAttempt
{
    public static AttemptOutcome Classify(HttpContext context, ForwarderError error, bool refused)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return AttemptOutcome.Done;
        }

        if (error == ForwarderError.None)
        {
            return refused ? AttemptOutcome.Refused : AttemptOutcome.Done;
        }

        if (context.Response.HasStarted)
        {
            // Part of an answer is out; the forwarder has aborted the rest.
            return AttemptOutcome.Done;
        }

        return error switch
        {
            ForwarderError.RequestTimedOut => AttemptOutcome.TimedOut,
            ForwarderError.RequestBodyClient => AttemptOutcome.BadBody,
            ForwarderError.Request when NotConnected(context) => AttemptOutcome.Unreachable,
            _ when context.Response.StatusCode == StatusCodes.Status504GatewayTimeout => AttemptOutcome.TimedOut,
            _ => AttemptOutcome.Closed,
        };
    }

    private static bool NotConnected(HttpContext context) =>
        context.GetForwarderErrorFeature()?.Exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError,
        };
}
