using Fairlead.Scoring.Admission;

namespace Fairlead.Scoring.InferenceProtocol;

/// <summary>A scorer that also speaks the Open Inference Protocol, below <c>/v2</c>.</summary>
internal interface IInferenceProtocol
{
    /// <summary>Writes the whole answer to a request below <c>/v2</c>.</summary>
    Task HandleProtocolAsync(HttpContext context, ConcurrencyGate gate);
}
