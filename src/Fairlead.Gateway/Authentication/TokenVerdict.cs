namespace Fairlead.Gateway.Authentication;

/// <summary>What became of a token.</summary>
internal enum TokenVerdict
{
    Accepted,

    /// <summary>Not a token, not signed by an issuer that the service trusts, or for another service.</summary>
    Invalid,

    /// <summary>Right in everything, but its time is over.</summary>
    Expired,

    /// <summary>Right in everything, but its time has not come, or it was issued before the service was made.</summary>
    NotYetValid,

    /// <summary>Its issuer is trusted, but gave no keys to check it with.</summary>
    KeysUnavailable,
}
