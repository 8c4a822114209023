namespace Fairlead.Cli.Demo;

/// <summary>What a sample's service predicted, beside what is known.</summary>
internal sealed record SampleResult(
    Sample Sample, string ScoringUri, IReadOnlyList<string> Predictions, IReadOnlyList<string> Labels)
{
    public int Right => Predictions.Zip(Labels).Count(pair => pair.First == pair.Second);

    /// <summary>Whether as many were answered as were asked.</summary>
    public bool IsComplete => Predictions.Count == Labels.Count;
}
