using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Computes;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Computes;

/// <summary><c>fairlead computetarget check</c>.</summary>
internal sealed class CheckComputeCommand : Verb
{
    private static readonly (string, string)[] Columns =
        [("needed for", "stage"), ("check", "name"), ("from", "from"), ("outcome", "outcome"), ("found", "message"), ("fix", "fix")];

    private readonly Argument<string?> _target = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Name of the compute target." };
    private readonly Option<string?> _name;
    private readonly Option<string[]> _hosts;
    private readonly Option<string?> _file;
    private readonly Option<bool> _outside;

    public CheckComputeCommand()
        : base(
            "check",
            "Check everything that a cluster needs, from the workspace and from a pod inside. Ends with 1 when something fails.",
            "fairlead computetarget check prod -o table",
            "fairlead computetarget check prod --host registry.example.com:443 --hosts-file hosts.txt")
    {
        Arguments.Add(_target);
        _name = Text("--name", "Name of the compute target.", "-n");
        _hosts = Texts("--host", "Another address to reach: host:port, or a URL.");
        _file = Text("--hosts-file", "File with an address on each line; # begins a comment.");
        _outside = Switch("--outside-only", "Start no pod: check from the workspace alone.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.WantedName = context.Get(_target) ?? context.Get(_name)
            ?? throw FairleadException.InvalidArgument("name", null, "the name of a compute target");
        var report = await context.Client.Computes.CheckAsync(
            name,
            new PreflightOptions { Hosts = [.. context.Get(_hosts) ?? [], .. ReadHosts(context)], FromCluster = !context.Get(_outside) },
            cancellationToken);
        var checks = Shapes.Node(report, ContractsJson.Default.PreflightReport);
        context.Terminal.Show(context.Terminal.IsTable ? checks["checks"]!.DeepClone() as JsonArray : checks, Columns);
        var failures = report.Failures.Count();
        context.Terminal.Say(failures == 0 ? $"{report.Checks.Count} checks, none failed" : $"{failures} of {report.Checks.Count} checks failed");
        return failures == 0 ? ExitCodes.Ok : ExitCodes.Error;
    }

    private IEnumerable<string> ReadHosts(VerbContext context)
    {
        if (context.Get(_file) is not { } path)
        {
            return [];
        }

        return File.ReadLines(context.FullPath(path)).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0);
    }
}
