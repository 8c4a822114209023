using Fairlead.Scoring.Onnx.Models;
using Fairlead.Scoring.Onnx.Tensors;

namespace Fairlead.Scoring.Onnx.Requests;

/// <summary>One request to a model: what it runs on, and how it is answered.</summary>
internal abstract class ModelRequest(HttpContext context, OnnxModel model) : IDisposable
{
    public HttpContext Context => context;

    public OnnxModel Model => model;

    /// <summary>One for each input of the model; null: not given.</summary>
    public Tensor?[] Values { get; } = new Tensor?[model.Inputs.Length];

    /// <summary>The outputs to compute.</summary>
    public virtual IReadOnlyCollection<string> OutputNames => model.OutputNames;

    /// <summary>Sends the answer.</summary>
    /// <param name="results">As <see cref="OutputNames"/>.</param>
    public abstract Task AnswerAsync(ReadOnlyMemory<TensorSlice> results, TimeSpan taken);

    /// <summary>Sends a 500.</summary>
    public abstract Task FailAsync(string message);

    public void Dispose()
    {
        foreach (var value in Values)
        {
            value?.Dispose();
        }
    }

    /// <summary>Throws when an input that has no default is missing.</summary>
    protected void CheckComplete()
    {
        foreach (var input in model.Inputs)
        {
            if (!input.IsOptional && Values[input.Index] is null)
            {
                throw new BadInputException(
                    $"A value is not provided for the '{input.Name}' parameter; the model expects {input.Description}.");
            }
        }
    }
}
