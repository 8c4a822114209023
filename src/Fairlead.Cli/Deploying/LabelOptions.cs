using System.CommandLine;
using Fairlead.Cli.Commands;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Deploying;

/// <summary>Changes of tags and properties, as flags of the updates (§2.2).</summary>
internal sealed class LabelOptions(Command command)
{
    private readonly Option<string[]> _addTags = Verb.DeclareTexts(command, "--add-tag", "A tag to set, key=value.");
    private readonly Option<string[]> _removeTags = Verb.DeclareTexts(command, "--remove-tag", "Key of a tag to take away.");

    private readonly Option<string[]> _addProperties =
        Verb.DeclareTexts(command, "--add-property", "A property to add, key=value; it cannot be changed later.");

    /// <summary>All tags as they are wanted; null when the line says nothing of them.</summary>
    public IReadOnlyDictionary<string, string>? Tags(VerbContext context, IReadOnlyDictionary<string, string> current)
    {
        var added = KeyValues.Parse("add-tag", context.Get(_addTags));
        var removed = context.Get(_removeTags) ?? [];
        if (added is null && removed.Length == 0)
        {
            return null;
        }

        var tags = new SortedDictionary<string, string>(current.ToDictionary(), StringComparer.Ordinal);
        foreach (var key in removed)
        {
            tags.Remove(key.Split('=')[0]);
        }

        foreach (var (key, value) in added ?? new Dictionary<string, string>())
        {
            tags[key] = value;
        }

        return tags;
    }

    /// <summary>The properties to add; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Properties(VerbContext context) =>
        KeyValues.Parse("add-property", context.Get(_addProperties));
}
