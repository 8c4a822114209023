using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Spectre.Console;

namespace Fairlead.Cli.Demo;

/// <summary><c>fairlead demo</c>: the main job from an empty machine to predictions.</summary>
internal sealed class DemoCommand : Verb
{
    // Starting Python costs a core each; more at a time only wait for each other on a small machine.
    private const int AtATime = 2;
    private const int LabelsShown = 8;

    // From the binary: installed beside it, artifacts/dist of a checkout.
    private static readonly string[] Places = ["samples", "../samples", "../../samples"];

    private readonly Option<bool> _exit;
    private readonly ServerOptions _server;

    public DemoCommand()
        : base(
            "demo",
            "Start a server if none runs, deploy the samples, score real data, and show predictions beside known labels.",
            "fairlead demo",
            "fairlead demo --exit --data ./demo-data")
    {
        _exit = Switch("--exit", "Stop the server in the end, if the demo started it.");
        _server = new ServerOptions(this);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var samples = Sample.ReadAll(SamplesFolder(context.Host));
        var (server, starter) = await EnsureServerAsync(context, cancellationToken);
        try
        {
            var started = context.Host.Time.GetTimestamp();
            var results = await RunSamplesAsync(context, samples, cancellationToken);
            context.Terminal.Say(FormattableString.Invariant(
                $"{results.Count} samples registered, deployed and scored in {context.Host.Time.GetElapsedTime(started).TotalSeconds:0.0} s"));
            Show(context, results);
            return results.All(result => result.IsComplete) ? ExitCodes.Ok : ExitCodes.DeploymentFailed;
        }
        finally
        {
            if (starter is not null && context.Get(_exit))
            {
                // Also when cancelled: what the demo started must not stay behind.
                await starter.StopAsync(server!, TimeSpan.FromSeconds(60), CancellationToken.None);
                context.Terminal.Say("stopped the server");
            }
        }
    }

    private static string SamplesFolder(CliHost host) =>
        host.Variable("FAIRLEAD_SAMPLES") ?? Places
            .Select(path => Path.GetFullPath(Path.Combine(host.BinaryDirectory, path)))
            .FirstOrDefault(Directory.Exists, Path.Combine(host.CurrentDirectory, "samples"));

    // Null server: one elsewhere, named by --endpoint. Null starter: not started here.
    private async Task<(RunningServer? Server, ServerStarter? Starter)> EnsureServerAsync(
        VerbContext context, CancellationToken cancellationToken)
    {
        if (context.IsEndpointNamed)
        {
            return (null, null);
        }

        var running = context.Data.FindServer();
        if (running?.IsAlive() == true)
        {
            context.Terminal.Say($"using the server at {running.WorkspaceUrl}");
            return (running, null);
        }

        var starter = new ServerStarter(context.Host, context.Data);
        var server = await starter.StartAsync(_server.Read(context), cancellationToken);
        context.Terminal.Say($"started a server: workspace {server.WorkspaceUrl}, gateway {server.GatewayUrl}, data {context.Data.Path}");
        return (server, starter);
    }

    private static async Task<IReadOnlyList<SampleResult>> RunSamplesAsync(
        VerbContext context, IReadOnlyList<Sample> samples, CancellationToken cancellationToken)
    {
        var results = new SampleResult[samples.Count];
        var client = context.Client;
        await Parallel.ForEachAsync(
            samples.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken },
            async (item, token) =>
                results[item.Index] = await new SampleRun(client, item.Item).RunAsync(context.Terminal.Say, token));
        return results;
    }

    private void Show(VerbContext context, IReadOnlyList<SampleResult> results)
    {
        var rows = results.Select(result => (JsonNode)new JsonObject
        {
            ["service"] = result.Sample.Service,
            ["predicted"] = Some(result.Predictions),
            ["label"] = Some(result.Labels),
            ["right"] = $"{result.Right} of {result.Labels.Count}",
            ["scoringUri"] = result.ScoringUri,
        }).ToList();
        if (context.IsJsonAsked)
        {
            context.Terminal.ShowJson(Shapes.List(rows));
            return;
        }

        // The picture is what a person runs the demo for.
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("service", "predicted", "known label", "right", "scoring uri");
        foreach (var row in rows)
        {
            table.AddRow([.. row.AsObject().Select(cell => Markup.Escape(cell.Value?.ToString() ?? ""))]);
        }

        context.Terminal.ShowTable(table);
        if (context.Get(_exit))
        {
            context.Terminal.Say("Run 'fairlead demo' without --exit to keep the server, and try the URLs yourself.");
            return;
        }

        var first = results[0].Sample;
        context.Terminal.Say($"""
            Try it yourself:
              fairlead status -o table
              fairlead service get-keys -n {first.Service}
              fairlead service run -n {first.Service} -d @{first.RequestFile}
              fairlead logs {first.Service} -f
              fairlead down
            """);
    }

    private static string Some(IReadOnlyList<string> values) =>
        string.Join(' ', values.Take(LabelsShown)) + (values.Count > LabelsShown ? " …" : "");
}
