namespace Fairlead.Scoring.Onnx.Requests;

/// <summary>The client's data does not fit the model; the message goes into a 400.</summary>
internal sealed class BadInputException(string message) : Exception(message);
