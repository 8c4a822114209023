using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Fairlead.Cli.Running;

/// <summary>A command that does something: its options, its examples for the help, and what it runs.</summary>
internal abstract class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Lines for the help.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Runs it; the result is the exit code.</summary>
    public abstract Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken);

    protected Option<string?> Text(string name, string description, string? alias = null, bool required = false) =>
        Declare(this, new Option<string?>(name), description, alias, required);

    protected Option<string[]> Texts(string name, string description, string? alias = null) =>
        DeclareTexts(this, name, description, alias);

    protected Option<bool> Switch(string name, string description, string? alias = null) =>
        Declare(this, new Option<bool>(name), description, alias);

    protected Option<int?> Whole(string name, string description, string? alias = null) =>
        DeclareWhole(this, name, description, alias);

    protected Option<double?> Number(string name, string description, string? alias = null) =>
        DeclareNumber(this, name, description, alias);

    internal static TOption Declare<TOption>(
        Command command, TOption option, string description, string? alias = null, bool required = false)
        where TOption : Option
    {
        option.Description = description;
        option.Required = required;
        if (alias is not null)
        {
            option.Aliases.Add(alias);
        }

        command.Options.Add(option);
        return option;
    }

    internal static Option<string[]> DeclareTexts(Command command, string name, string description, string? alias = null) =>
        Declare(command, new Option<string[]>(name), description + " May be given many times.", alias);

    internal static Option<int?> DeclareWhole(Command command, string name, string description, string? alias) => Declare(
        command,
        new Option<int?>(name)
        {
            CustomParser = result => int.TryParse(Token(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : Wrong<int?>(result, name, "a whole number"),
            HelpName = "number",
        },
        description,
        alias);

    internal static Option<double?> DeclareNumber(Command command, string name, string description, string? alias) => Declare(
        command,
        new Option<double?>(name)
        {
            CustomParser = result => double.TryParse(Token(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : Wrong<double?>(result, name, "a number such as 0.5"),
            HelpName = "number",
        },
        description,
        alias);

    internal static Option<bool?> DeclareFlag(Command command, string name, string description, string? alias) => Declare(
        command,
        new Option<bool?>(name)
        {
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result => result.Tokens.Count == 0 || (bool.TryParse(Token(result), out var value)
                ? value
                : Wrong<bool>(result, name, "true or false")),
            HelpName = "true|false",
        },
        description,
        alias);

    private static string Token(ArgumentResult result) => result.Tokens[0].Value;

    private static T? Wrong<T>(ArgumentResult result, string name, string allowed)
    {
        result.AddError($"{name} is '{Token(result)}', but must be {allowed}");
        return default;
    }
}
