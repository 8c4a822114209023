using System.CommandLine;
using System.Text.Json;
using Fairlead.Contracts.Errors;
using Fairlead.Kubernetes.Preflight;

namespace Fairlead.Host.Operator;

/// <summary><c>fairleadd reach</c>: which addresses can be reached from here. The preflight of a compute target runs it in a
/// pod.</summary>
internal static class ReachVerb
{
    public static Command Create()
    {
        var targets = new Argument<string[]>("address")
        {
            Description = "host:port, or a URL.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("reach", "Tells as JSON which addresses are resolved and reached from this machine, and its clock.") { targets };
        command.SetAction((result, cancellationToken) => Guard.RunAsync(() => RunAsync(result.GetValue(targets)!, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string[] targets, CancellationToken cancellationToken)
    {
        try
        {
            var report = await new HostProbe(TimeProvider.System).RunAsync(targets, cancellationToken);
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));
            return ExitCodes.Ok;
        }
        catch (FairleadException exception)
        {
            // An address that is none.
            throw new StartupException(ExitCodes.BadSetting, exception.Message, exception);
        }
    }
}
