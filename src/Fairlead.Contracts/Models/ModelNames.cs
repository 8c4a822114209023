using System.Globalization;
using Fairlead.Contracts.Errors;

namespace Fairlead.Contracts.Models;

/// <summary>
/// The rule for model names and ids. Capitals are allowed: names registered by v1 (AutoML's among them) have them.
/// </summary>
public static class ModelNames
{
    public const string Rule =
        "1 to 255 letters, digits, dashes, underscores and dots, beginning with a letter or digit";

    public static bool IsValid(string? name) =>
        name is { Length: >= 1 and <= 255 }
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <exception cref="FairleadException"><c>InvalidArgument</c> that states the rule.</exception>
    public static void Validate(string? name)
    {
        if (!IsValid(name))
        {
            throw FairleadException.InvalidArgument("name", name, Rule);
        }
    }

    /// <summary>The id of a model: <c>name:version</c>.</summary>
    public static string Id(string name, long version) => string.Create(CultureInfo.InvariantCulture, $"{name}:{version}");

    /// <summary>Splits <c>name:version</c>, or <c>name</c> alone (version null: the newest).</summary>
    /// <exception cref="FairleadException"><c>InvalidArgument</c> when it is neither.</exception>
    public static (string Name, long? Version) ParseId(string id)
    {
        var colon = id.LastIndexOf(':');
        var name = colon < 0 ? id : id[..colon];
        if (!IsValid(name))
        {
            throw FairleadException.InvalidArgument("model", id, $"name or name:version, the name {Rule}");
        }

        if (colon < 0)
        {
            return (name, null);
        }

        return long.TryParse(id.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > 0
            ? (name, version)
            : throw FairleadException.InvalidArgument("model", id, "name or name:version with a version from 1");
    }
}
