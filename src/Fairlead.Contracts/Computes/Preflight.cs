using System.Text.Json.Serialization;

namespace Fairlead.Contracts.Computes;

/// <summary>What to check besides what every cluster needs.</summary>
public sealed record PreflightOptions
{
    /// <summary>More addresses that have to be reached, as <c>host:port</c> or URLs.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>Whether to check from a pod of the cluster, too, which starts one for a moment.</summary>
    public bool FromCluster { get; set; } = true;
}

/// <summary>The outcome of all checks, in the order in which things are needed.</summary>
public sealed record PreflightReport(IReadOnlyList<PreflightCheck> Checks)
{
    [JsonIgnore]
    public IEnumerable<PreflightCheck> Failures => Checks.Where(check => check.Outcome == PreflightOutcome.Fail);
}

/// <summary>One thing that was checked.</summary>
/// <param name="Stage">When it is needed: <c>Attach</c>, <c>GatewayStart</c>, <c>GatewayRunning</c> or <c>Deployment</c>.</param>
/// <param name="Name">What was checked, for example <c>nodes</c>.</param>
/// <param name="From">Where from: <c>workspace</c>, or <c>cluster</c> for a pod inside.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">What to do about it; null when nothing has to be done.</param>
public sealed record PreflightCheck(
    string Stage, string Name, string From, PreflightOutcome Outcome, string Message, string? Fix = null);

/// <summary>How a check ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PreflightOutcome>))]
public enum PreflightOutcome
{
    Pass,

    /// <summary>It works, but not as well as it could.</summary>
    Warn,
    Fail,

    /// <summary>It could not be checked, since something before it failed.</summary>
    Skip,
}
