namespace Fairlead.Gateway.Telemetry;

/// <summary>Values of the tag <c>outcome</c> beside the reasons of the gateway's own answers.</summary>
internal static class RequestOutcomes
{
    public const string Answered = "answered";
    public const string ModelFailed = "model-failed";
    public const string Broken = "broken";
    public const string ClientGone = "client-gone";
}
