using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands;

/// <summary>Options of v1 that mean nothing here: taken, so that scripts keep working, and said so when given.</summary>
internal sealed class IgnoredOptions
{
    private readonly List<Option> _options = [];
    private readonly string _why;

    public IgnoredOptions(Command command, string why, params (string Name, string? Alias)[] options)
    {
        _why = why;
        foreach (var (name, alias) in options)
        {
            _options.Add(Verb.Declare(
                command, new Option<string?>(name) { Arity = ArgumentArity.ZeroOrOne }, $"Accepted for v1 scripts, without effect: {why}.", alias));
        }
    }

    public void Warn(VerbContext context)
    {
        foreach (var option in _options.Where(context.Has))
        {
            context.Terminal.Warn($"{option.Name} is ignored: {_why}");
        }
    }
}
