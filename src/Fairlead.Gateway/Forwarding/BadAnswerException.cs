namespace Fairlead.Gateway.Forwarding;

/// <summary>A replica's answer breaks the rules of HTTP/1.1, so that its end cannot be known for sure.</summary>
internal sealed class BadAnswerException(string message) : Exception(message);
