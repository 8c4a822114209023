using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Computes;

/// <summary>The rule for names of compute targets (§1.9; of the two lengths documented, both are taken, §9).</summary>
public static class ComputeNames
{
    public const string Rule = "2 to 24 letters, digits and dashes, beginning with a letter and ending with a letter or digit";

    public static bool IsValid(string? name) =>
        name is { Length: >= 2 and <= 24 }
        && char.IsAsciiLetter(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <exception cref="FairleadException"><c>InvalidArgument</c> that states the rule.</exception>
    public static void Validate(string? name)
    {
        if (!IsValid(name))
        {
            throw FairleadException.InvalidArgument("name", name, Rule);
        }
    }
}
