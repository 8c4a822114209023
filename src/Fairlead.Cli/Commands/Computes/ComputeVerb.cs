using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Computes;

/// <summary>A verb about one compute target.</summary>
internal abstract class ComputeVerb : Verb
{
    private readonly Option<string?> _name;

    protected ComputeVerb(string name, string description, params string[] examples)
        : base(name, description, examples) =>
        _name = Text("--name", "Name of the compute target.", "-n", required: true);

    protected string ComputeName(VerbContext context) => context.WantedName = context.Get(_name)!;
}
