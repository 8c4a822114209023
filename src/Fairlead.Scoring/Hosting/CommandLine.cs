using Fairlead.Contracts;

namespace Fairlead.Scoring.Hosting;

/// <summary>The options for use without a compute target: each stands for a variable and wins over it.</summary>
internal static class CommandLine
{
    public const string Help = """
        fairlead-scoring: serves a model over HTTP as Azure ML v1's inference server does.

        Usage: fairlead-scoring [options]
               fairlead-scoring prepare          before a container starts: downloads what FAIRLEAD_PREPARATION lists
               fairlead-scoring wait SECONDS     does nothing for so long; for images without 'sleep'

          --entry-script PATH      script with init() and run(data)                  AZUREML_ENTRY_SCRIPT
          --app-root DIR           folder the script's path is relative to [.]       AML_APP_ROOT
          --model-dir DIR          folder with the model's files                     AZUREML_MODEL_DIR
          --model-framework NAME   Onnx or ScikitLearn: serve a model with no code   FAIRLEAD_MODEL_FRAMEWORK
          --port PORT              port to listen on, 0: any that is free [5001]     SERVER_PORT
          --health-port PORT       a port for / alone [none]                         HEALTH_PORT
          --bind ADDRESS           address to listen on [any]                        FAIRLEAD_BIND_ADDRESS
          --worker-count N         Python processes [1]                              WORKER_COUNT
          --python PATH            interpreter [python3]                             FAIRLEAD_PYTHON
          --config-file PATH       JSON object with settings [config.json]           AZUREML_CONFIG_FILE
          --access-control-allow-origins LIST
                                   origins of browsers, or * [none]                  AML_CORS_ORIGINS
          --appinsights-instrumentation-key GUID
                                   where telemetry belongs [none]                    AML_APP_INSIGHTS_KEY
          --help, --version

        Each option can be given by the variable beside it. docs/scoring.md lists all variables.
        Exit codes: 0 ended on request, 2 bad command line, 3 start-up failed, 4 preparation failed.
        """;

    /// <summary>Variables that the arguments stand for; null and an error when they are not understood.</summary>
    public static Dictionary<string, string>? Parse(IReadOnlyList<string> arguments, out string error)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        error = "";
        for (var i = 0; i < arguments.Count; i++)
        {
            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var given = equals < 0 ? arguments[i] : arguments[i][..equals];
            var name = Settings.Option(given);
            if (!given.StartsWith("--", StringComparison.Ordinal) || !Settings.Options.TryGetValue(name, out var variable))
            {
                error = $"'{arguments[i]}' is not an option; allowed are {string.Join(", ", Settings.Options.Keys)}, --help.";
                return null;
            }

            if (equals < 0 && i + 1 == arguments.Count)
            {
                error = $"{name} needs a value.";
                return null;
            }

            values[variable] = equals < 0 ? arguments[++i] : arguments[i][(equals + 1)..];
        }

        // A person's own paths are relative to where they are; a compute target sets the variables in full.
        if (values.Count > 0 && Environment.GetEnvironmentVariable(ScoringHostVariables.AppRoot) is null)
        {
            values.TryAdd(ScoringHostVariables.AppRoot, Environment.CurrentDirectory);
        }

        if (values.TryGetValue(ScoringHostVariables.ModelDirectory, out var model))
        {
            values[ScoringHostVariables.ModelDirectory] = Path.GetFullPath(model);
        }

        if (values.ContainsKey(Settings.HealthPort))
        {
            values[Settings.SeparateHealth] = "true";
        }

        return values;
    }
}
