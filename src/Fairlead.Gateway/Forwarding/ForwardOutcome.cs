namespace Fairlead.Gateway.Forwarding;

/// <summary>How one attempt with one replica ended.</summary>
internal enum ForwardOutcome
{
    /// <summary>The replica's answer went to the client.</summary>
    Answered,

    /// <summary>The replica's answer was 500 and went to the client as 502.</summary>
    ModelFailed,

    /// <summary>The replica took nothing; the client has got nothing.</summary>
    Refused,

    /// <summary>No byte reached the replica; the client has got nothing.</summary>
    Unreachable,

    /// <summary>The replica closed before it answered; the client has got nothing.</summary>
    ReplicaClosed,

    /// <summary>The replica's answer is not valid HTTP; the client has got nothing.</summary>
    BadAnswer,

    /// <summary>No answer within the scoring timeout; the client has got nothing.</summary>
    TimedOut,

    /// <summary>The client's body broke off, was malformed or too large; the client has got nothing.</summary>
    BadBody,

    /// <summary>The answer broke off after it had begun; the client's connection was cut.</summary>
    Broken,

    /// <summary>The client has gone.</summary>
    ClientGone,
}
