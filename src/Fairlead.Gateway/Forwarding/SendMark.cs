namespace Fairlead.Gateway.Forwarding;

/// <summary>Whether a byte of the current request has been written to a replica: if none was, another may be tried.</summary>
/// <remarks>It travels with the request's execution context down to the socket, since the HTTP client does not say.</remarks>
internal sealed class SendMark
{
    private static readonly AsyncLocal<SendMark?> Current = new();

    public bool Sent { get; private set; }

    /// <summary>Begins a mark for what the caller sends from here on.</summary>
    public static SendMark Begin()
    {
        var mark = new SendMark();
        Current.Value = mark;
        return mark;
    }

    /// <summary>Called by the socket before it writes.</summary>
    public static void Set()
    {
        if (Current.Value is { } mark)
        {
            mark.Sent = true;
        }
    }
}
