using System.CommandLine;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary>What of a service's logs is shown, as flags (§2.2). The lines are the result: they go to standard output.</summary>
internal sealed class LogOptions
{
    private const int DefaultLines = 5000;

    private readonly Option<int?> _lines;
    private readonly Option<bool?> _init;
    private readonly Option<bool> _follow;

    public LogOptions(Command command)
    {
        _lines = Verb.DeclareWhole(command, "--num_lines", FormattableString.Invariant($"Most lines. [default: {DefaultLines}]"), "-l");
        _lines.Aliases.Add("--num-lines");
        _init = Verb.DeclareFlag(command, "--init", "Logs of the preparation instead: environment, downloads. [default: false]", "-i");
        _follow = Verb.Declare(command, new Option<bool>("--follow"), "Go on with new lines until Ctrl-C.", "-f");
    }

    public async Task<int> ShowAsync(VerbContext context, string service, CancellationToken cancellationToken)
    {
        try
        {
            var lines = context.Client.Services.ReadLogsAsync(
                service, context.Get(_lines) ?? DefaultLines, context.Get(_follow), context.Get(_init) ?? false, cancellationToken);
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
