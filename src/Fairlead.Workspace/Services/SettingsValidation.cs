using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Workspace.Services;

/// <summary>Finds every setting that cannot work (§1.5), before anything is changed.</summary>
internal static class SettingsValidation
{
    /// <param name="settings">What the user gave, to tell a given value from a default.</param>
    /// <param name="spec">The same with defaults filled in.</param>
    public static void Check(ServiceSettingsDto settings, ScoringServiceSpec spec)
    {
        var problems = ServingRules.Check(spec, ServingNames.Api);
        problems.Range("numReplicas", spec.NumReplicas ?? 0, 0, ServingRules.MostReplicas);
        if (settings.NumReplicas > 0 && settings.AutoScaler?.AutoscaleEnabled == true)
        {
            problems.Add("numReplicas", $"'numReplicas' is {settings.NumReplicas} while 'autoScaler.autoscaleEnabled' is true; give one of the two");
        }

        if (settings.Namespace is { } name && !IsNamespace(name))
        {
            problems.Add("namespace", $"'namespace' is '{name}', but must be at most 63 lower-case letters, digits and dashes, no dash at either end");
        }

        if (problems.Found.Count > 0)
        {
            throw new FairleadException(new ErrorDocument(
                ErrorCodes.InvalidArgument, 400, string.Join("; ", problems.Found.Select(problem => problem.Message)) + ".", problems.Found));
        }
    }

    private static bool IsNamespace(string name) =>
        name.Length is >= 1 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-';
}
