using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Services;

/// <summary>The rule for service names (§1.2): 3 to 32 lower-case letters, digits and dashes, a letter first.</summary>
public static class ServiceNames
{
    public const string Rule = "3 to 32 lower-case letters, digits and dashes, beginning with a letter";

    public static bool IsValid(string? name) =>
        name is { Length: >= 3 and <= 32 }
        && name[0] is >= 'a' and <= 'z'
        && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <exception cref="FairleadException"><c>InvalidArgument</c> that states the rule.</exception>
    public static void Validate(string? name)
    {
        if (!IsValid(name))
        {
            throw FairleadException.InvalidArgument("name", name, Rule);
        }
    }
}
