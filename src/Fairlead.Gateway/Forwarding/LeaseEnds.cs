using Fairlead.Gateway.Leasing;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Forwarding;

/// <summary>What an attempt tells of the replica.</summary>
internal static class LeaseEnds
{
    /// <param name="outcome">How the attempt ended.</param>
    /// <param name="status">Of the answer, if there was one.</param>
    public static LeaseEnd ToLeaseEnd(this ForwardOutcome outcome, int status) => outcome switch
    {
        ForwardOutcome.Refused => LeaseEnd.Refused,

        // It most likely died. Its listening socket may outlive its connections by a moment: were its place free at once,
        // the next request in the queue would fall into the same hole.
        ForwardOutcome.Unreachable or ForwardOutcome.ReplicaClosed or ForwardOutcome.BadAnswer or ForwardOutcome.Broken =>
            LeaseEnd.Unreachable,
        ForwardOutcome.ModelFailed or ForwardOutcome.TimedOut => LeaseEnd.Failed,
        ForwardOutcome.Answered => status < StatusCodes.Status500InternalServerError ? LeaseEnd.Completed : LeaseEnd.Failed,
        _ => LeaseEnd.Abandoned,
    };
}
