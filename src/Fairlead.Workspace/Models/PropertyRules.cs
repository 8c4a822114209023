using Fairlead.Contracts.Errors;

namespace Fairlead.Workspace.Models;

/// <summary>Properties may be added, never changed or removed (§1.2).</summary>
internal static class PropertyRules
{
    public static void CheckAddOnly(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        foreach (var (key, value) in before)
        {
            if (!after.TryGetValue(key, out var now) || now != value)
            {
                throw new FairleadException(
                    ErrorCodes.PropertyImmutable, 409,
                    $"Property '{key}' is '{value}' and cannot be {(now is null ? "removed" : $"changed to '{now}'")}: properties "
                    + "may be added only. Use a tag for what changes.");
            }
        }
    }
}
