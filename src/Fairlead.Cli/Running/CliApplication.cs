using System.CommandLine;
using Fairlead.Cli.Commands;
using Fairlead.Cli.Output;

namespace Fairlead.Cli.Running;

/// <summary>Parses a command line, runs its verb and turns what happens into output and an exit code.</summary>
internal sealed class CliApplication(CliHost host)
{
    // "@" begins the name of an input file here (run -d @file), not a file of arguments; "-abc" is no bundle.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    private readonly GlobalOptions _globals = new();

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGINT, Cancel);
        using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, Cancel);
        return await RunAsync(arguments, stop.Token);

        void Cancel(System.Runtime.InteropServices.PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var line = Parse(arguments);
        if (line.Action is not null && line.Errors.Count == 0)
        {
            // Help, version and the suggestions of shell completion.
            return await line.InvokeAsync(
                new InvocationConfiguration { Output = host.Out, Error = host.Error }, cancellationToken);
        }

        if (line.Errors.Count > 0 || line.CommandResult.Command is not Verb verb)
        {
            return UsageErrors.Print(line, host);
        }

        using var context = new VerbContext(line, _globals, host);
        try
        {
            return await verb.RunAsync(context, cancellationToken);
        }
        catch (NoServerException e)
        {
            ErrorPrinter.Print(context.Terminal, e, context.IsDebug);
            return ExitCodes.ServerUnreachable;
        }
        catch (Exception e)
        {
            ErrorPrinter.Print(context.Terminal, e, context.IsDebug);
            await Hints.PrintAsync(context, e);
            return cancellationToken.IsCancellationRequested ? ExitCodes.Cancelled : ExitCodes.Of(e);
        }
    }

    /// <summary>The parsed line. A leading <c>ml</c>, the habit of <c>az ml</c>, is taken away.</summary>
    public ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var meant = arguments is ["ml", ..] ? arguments.Skip(1).ToArray() : arguments;
        return CommandTree.Build(_globals).Parse(meant, Parsing);
    }
}
