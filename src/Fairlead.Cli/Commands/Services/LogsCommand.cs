using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service get-logs</c> and <c>fairlead logs</c>. The lines are the result: they go to standard output.</summary>
internal sealed class LogsCommand : Verb
{
    private readonly Option<string?> _name;
    private readonly Argument<string?> _service;
    private readonly Option<int?> _lines;
    private readonly Option<bool?> _init;
    private readonly Option<bool> _follow;

    public LogsCommand(string name)
        : base(name, "Show the logs of a service's replicas, those that are gone included.",
            name == "logs" ? "fairlead logs iris -f" : "fairlead service get-logs -n iris -l 100 -f")
    {
        _service = new Argument<string?>("service") { Description = "Name of the service.", Arity = ArgumentArity.ZeroOrOne };
        Arguments.Add(_service);
        _name = Text("--name", "Name of the service.", "-n");
        _lines = Whole("--num_lines", "Most lines. [default: 5000]", "-l");
        _lines.Aliases.Add("--num-lines");
        _init = DeclareFlag(this, "--init", "Logs of the preparation instead: environment, downloads. [default: false]", "-i");
        _follow = Switch("--follow", "Go on with new lines until Ctrl-C.", "-f");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.WantedName = context.Get(_name) ?? context.Get(_service)
            ?? throw Contracts.Errors.FairleadException.InvalidArgument("name", null, "given: the name of a service");
        try
        {
            var lines = context.Client.Services.ReadLogsAsync(
                name, context.Get(_lines) ?? 5000, context.Get(_follow), context.Get(_init) ?? false, cancellationToken);
            await foreach (var line in lines)
            {
                context.Terminal.WriteOut(line);
            }
        }
        catch (OperationCanceledException) when (context.Get(_follow))
        {
            // Ctrl-C is how following ends.
        }

        return ExitCodes.Ok;
    }
}
