using System.Text.RegularExpressions;

namespace Fairlead.Scoring.Preparing;

/// <summary>Puts variables into URLs that name them as <c>$(NAME)</c>: rights to read that are known only when a replica
/// starts.</summary>
internal static partial class UrlVariables
{
    /// <param name="url">A URL of a plan.</param>
    /// <param name="find">The value of a variable; null when there is none.</param>
    /// <exception cref="PreparationException">A variable that is named is not set.</exception>
    public static string Resolve(string url, Func<string, string?> find) => Reference().Replace(
        url,
        match => find(match.Groups[1].Value) ?? throw new PreparationException(
            $"The URL '{url}' names the variable '{match.Groups[1].Value}', which is not set."));

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex Reference();
}
