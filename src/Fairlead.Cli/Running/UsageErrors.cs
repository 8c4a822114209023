using System.CommandLine;
using Fairlead.Client.Naming;

namespace Fairlead.Cli.Running;

/// <summary>Says what is wrong with a command line and what was probably meant.</summary>
internal static class UsageErrors
{
    public static int Print(ParseResult line, CliHost host)
    {
        var command = line.CommandResult.Command;
        var path = PathOf(line.CommandResult);
        var unmatched = line.UnmatchedTokens.ToHashSet(StringComparer.Ordinal);
        var verbMissing = command is not Verb;
        foreach (var token in line.UnmatchedTokens)
        {
            host.Error.WriteLine(token.StartsWith('-')
                ? $"error: '{token}' is not an option of '{path}'{NearestName.Hint(token, OptionsOf(line.CommandResult))}"
                : verbMissing
                    ? $"error: '{token}' is not a command of '{path}'{NearestName.Hint(token, command.Subcommands.Select(verb => verb.Name))}"
                    : $"error: '{path}' does not take '{token}'");
            if (verbMissing)
            {
                break;
            }
        }

        foreach (var error in line.Errors)
        {
            // The parser's own words for an unknown token, and for the missing verb that follows from it, say less.
            if (!unmatched.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal)) && !verbMissing)
            {
                host.Error.WriteLine("error: " + error.Message);
            }
        }

        if (verbMissing)
        {
            host.Error.WriteLine($"{path}: give a command: {string.Join(", ", command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name))}");
        }

        host.Error.WriteLine($"See: {path} --help");
        return ExitCodes.Usage;
    }

    private static string PathOf(System.CommandLine.Parsing.SymbolResult? result)
    {
        var names = new List<string>();
        for (; result is not null; result = result.Parent)
        {
            if (result is System.CommandLine.Parsing.CommandResult command)
            {
                names.Insert(0, command.Command is RootCommand ? "fairlead" : command.Command.Name);
            }
        }

        return string.Join(' ', names);
    }

    private static IEnumerable<string> OptionsOf(System.CommandLine.Parsing.CommandResult result)
    {
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is not null; at = at.Parent)
        {
            foreach (var option in (at as System.CommandLine.Parsing.CommandResult)?.Command.Options ?? [])
            {
                yield return option.Name;
                foreach (var alias in option.Aliases)
                {
                    yield return alias;
                }
            }
        }
    }
}
