using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Running;
using Fairlead.Cli.Scoring;
using Fairlead.Contracts;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Scoring;

/// <summary><c>fairlead scoring run</c>: an entry script, or a model with no code, served in this terminal.</summary>
internal sealed class RunScriptCommand : Verb
{
    private const int DefaultPort = 5001;

    private readonly Argument<string?> _script;
    private readonly Option<string?> _modelDirectory;
    private readonly Option<string?> _framework;
    private readonly Option<int?> _port;
    private readonly Option<int?> _workers;
    private readonly Option<string?> _python;
    private readonly Option<bool> _noReload;

    public RunScriptCommand()
        : base(
            "run",
            "Serve an entry script in this terminal, without a server, and again whenever a file is saved.",
            "fairlead scoring run score.py --model-dir model",
            "fairlead scoring run --model-framework Onnx --model-dir model")
    {
        _script = new Argument<string?>("script")
        {
            Description = "The entry script. Not needed with --model-framework.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Arguments.Add(_script);
        _modelDirectory = Text("--model-dir", "Folder with the model's files (AZUREML_MODEL_DIR).");
        _framework = Text("--model-framework", "Onnx or ScikitLearn: serve a model with no code.");
        _port = Whole("--port", "Port to listen on (default 5001).");
        _workers = Whole("--worker-count", "Python processes (default 1).");
        _python = Text("--python", "Interpreter (default python3).");
        _noReload = Switch("--no-reload", "Do not watch the files.");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var script = Existing(context, context.Get(_script), File.Exists, "the entry script");
        var model = Existing(context, context.Get(_modelDirectory), Directory.Exists, "--model-dir");
        if (script is null && context.Get(_framework) is null)
        {
            throw new FairleadException(
                "BadArgument", 400, "say what to serve: an entry script (fairlead scoring run score.py), or --model-framework with --model-dir");
        }

        var port = context.Get(_port) ?? DefaultPort;
        var folder = script is null ? context.Host.CurrentDirectory : Path.GetDirectoryName(script)!;
        var run = new LocalScoring(context.Host, context.Terminal, FindProgram(context.Host), Variables(context, script, model, port));
        using var changes = context.Get(_noReload) ? null : new FileChanges([folder, .. model is null ? [] : new[] { model }]);
        context.Terminal.Say(
            $"serving on http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/score; try: "
            + $"curl -d '{{\"data\": [[1, 2]]}}' -H 'Content-Type: application/json' http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/score");
        return await run.ServeAsync(changes, cancellationToken);
    }

    private Dictionary<string, string> Variables(VerbContext context, string? script, string? model, int port)
    {
        var folder = script is null ? context.Host.CurrentDirectory : Path.GetDirectoryName(script)!;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [ScoringHostVariables.AppRoot] = folder,
            [ScoringHostVariables.ServerPort] = port.ToString(CultureInfo.InvariantCulture),
            [ScoringHostVariables.BindAddress] = "127.0.0.1",
        };
        Set(ScoringHostVariables.EntryScript, script is null ? null : Path.GetFileName(script));
        Set(ScoringHostVariables.ModelDirectory, model);
        Set(ScoringHostVariables.ModelFramework, context.Get(_framework));
        Set(ScoringHostVariables.Python, context.Get(_python));
        Set(ScoringHostVariables.WorkerCount, context.Get(_workers)?.ToString(CultureInfo.InvariantCulture));
        return variables;

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                variables[name] = value;
            }
        }
    }

    private static string? Existing(VerbContext context, string? given, Func<string, bool> exists, string what)
    {
        if (given is null)
        {
            return null;
        }

        var path = context.FullPath(given);
        return exists(path) ? path : throw new FairleadException("BadArgument", 400, $"{what} '{given}' does not exist: looked for {path}");
    }

    private static string FindProgram(CliHost host)
    {
        var path = host.Variable("FAIRLEAD_SCORING_HOST") ?? Path.Combine(host.BinaryDirectory, "fairlead-scoring");
        return File.Exists(path)
            ? path
            : throw new FairleadException(
                "ScoringHostNotFound", 404,
                $"the scoring host is not at '{path}'; build it with ./build.sh, or name it with FAIRLEAD_SCORING_HOST");
    }
}
