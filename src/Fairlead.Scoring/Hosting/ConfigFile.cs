using System.Text.Json;
using Fairlead.Contracts;

namespace Fairlead.Scoring.Hosting;

/// <summary>Settings from a JSON object, by the names of their variables or of the command line's options. They count where
/// neither says otherwise (§3.5).</summary>
internal static class ConfigFile
{
    public const string Variable = "AZUREML_CONFIG_FILE";
    private const string DefaultName = "config.json";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Values by variable: of the file that is named, else of <c>config.json</c> in the app root or beside the
    /// script, whose unknown members are no concern of ours.</summary>
    /// <param name="variable">Looks a variable up.</param>
    /// <param name="path">The file that was read; null when there is none.</param>
    /// <exception cref="StartException">The named file cannot be used, or has a member that is not a setting.</exception>
    public static Dictionary<string, string> Read(Func<string, string?> variable, out string? path)
    {
        path = variable(Variable) is { Length: > 0 } named ? named : null;
        if (path is not null)
        {
            return Parse(path, isNamed: true);
        }

        path = Candidates(variable).FirstOrDefault(File.Exists);
        return path is null ? [] : Parse(path, isNamed: false);
    }

    private static IEnumerable<string> Candidates(Func<string, string?> variable)
    {
        var root = variable(ScoringHostVariables.AppRoot) is { Length: > 0 } given ? given : new ScoringOptions().AppRoot;
        yield return Path.Combine(root, DefaultName);
        if (variable(ScoringHostVariables.EntryScript) is { Length: > 0 } script)
        {
            yield return Path.Combine(Path.GetDirectoryName(Path.Combine(root, script)) ?? root, DefaultName);
        }
    }

    private static Dictionary<string, string> Parse(string path, bool isNamed)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return isNamed ? throw Bad(path, "it must be a JSON object of settings") : values;
            }

            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (Settings.VariableOf(member.Name) is not { } name)
                {
                    _ = isNamed ? throw Bad(path, $"'{member.Name}' is not a setting; docs/scoring.md lists them") : 0;
                }
                else if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                {
                    _ = isNamed ? throw Bad(path, $"'{member.Name}' must be a text, a number, true or false") : 0;
                }
                else
                {
                    values[name] = member.Value.ToString();
                }
            }

            return values;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return isNamed ? throw Bad(path, exception.Message) : values;
        }
    }

    private static StartException Bad(string path, string what) =>
        new($"The configuration file '{path}' ({Variable}) cannot be used: {what}.");
}
