using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary>A verb about one service, named with <c>-n</c>.</summary>
internal abstract class ServiceVerb : Verb
{
    private readonly Option<string?> _name;

    protected ServiceVerb(string name, string description, params string[] examples)
        : base(name, description, examples) =>
        _name = Text("--name", "Name of the service.", "-n", required: true);

    protected string ServiceName(VerbContext context) => context.WantedName = context.Get(_name)!;
}
