namespace Fairlead.Scoring.Telemetry;

/// <summary>Where telemetry goes, and what of it (§3.5).</summary>
/// <param name="Key">Instrumentation key: the resource that the items belong to.</param>
/// <param name="Endpoint">Takes Application Insights' track documents.</param>
/// <param name="IncludesAnswers">Bodies of answers are part of an item.</param>
/// <param name="CollectsData">Inputs and predictions are sent as items of their own.</param>
internal sealed record TelemetryOptions(Guid Key, Uri Endpoint, bool IncludesAnswers, bool CollectsData)
{
    /// <summary>Of the public cloud.</summary>
    public const string DefaultEndpoint = "https://dc.services.visualstudio.com";

    private const string TrackPath = "/v2/track";

    /// <summary>The address items are posted to: what is given, with the documented path where it has none.</summary>
    public static Uri TrackAddress(Uri endpoint) =>
        endpoint.AbsolutePath.EndsWith(TrackPath, StringComparison.OrdinalIgnoreCase)
            ? endpoint : new Uri(endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + TrackPath);
}
