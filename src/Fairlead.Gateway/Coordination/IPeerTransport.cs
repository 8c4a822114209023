namespace Fairlead.Gateway.Coordination;

/// <summary>The way to the other gateways.</summary>
internal interface IPeerTransport
{
    /// <summary>Puts a message into the buffer of the connection to the peer; without a connection it is lost. Never
    /// waits and never calls back.</summary>
    void Send(string peer, in PeerMessage message);
}
