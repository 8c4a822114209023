using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service get-logs</c> and <c>fairlead logs</c>.</summary>
internal sealed class LogsCommand : Verb
{
    private readonly Option<string?> _name;
    private readonly Argument<string?> _service;
    private readonly LogOptions _logs;

    public LogsCommand(string name)
        : base(name, "Show the logs of a service's replicas, those that are gone included.",
            name == "logs" ? "fairlead logs iris -f" : "fairlead service get-logs -n iris -l 100 -f")
    {
        _service = new Argument<string?>("service") { Description = "Name of the service.", Arity = ArgumentArity.ZeroOrOne };
        Arguments.Add(_service);
        _name = Text("--name", "Name of the service.", "-n");
        _logs = new LogOptions(this);
    }

    public override Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.WantedName = context.Get(_name) ?? context.Get(_service)
            ?? throw Contracts.Errors.FairleadException.InvalidArgument("name", null, "given: the name of a service");
        return _logs.ShowAsync(context, name, cancellationToken);
    }
}
