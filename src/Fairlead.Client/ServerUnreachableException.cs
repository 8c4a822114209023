namespace Fairlead.Client;

/// <summary>No server answers at the endpoint.</summary>
public sealed class ServerUnreachableException : Exception
{
    public ServerUnreachableException(Uri endpoint, Exception inner)
        : base(
            $"no Fairlead server at {endpoint.GetLeftPart(UriPartial.Authority)} ({inner.Message}); "
            + "start one with `fairlead up`, or name another with --endpoint or FAIRLEAD_ENDPOINT",
            inner)
    {
        Endpoint = endpoint;
    }

    /// <summary>The address that was tried.</summary>
    public Uri Endpoint { get; }
}
