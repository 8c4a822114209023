namespace Fairlead.Contracts;

/// <summary>
/// The environment variables by which a compute target tells a scoring host what to run. The documented ones keep
/// their names (§3.5); those of ours begin with <c>FAIRLEAD_</c>.
/// </summary>
public static class ScoringHostVariables
{
    public const string AppRoot = "AML_APP_ROOT";
    public const string EntryScript = "AZUREML_ENTRY_SCRIPT";
    public const string SourceDirectory = "AZUREML_SOURCE_DIRECTORY";
    public const string ModelDirectory = "AZUREML_MODEL_DIR";
    public const string ServiceName = "SERVICE_NAME";
    public const string ServiceVersion = "SERVICE_VERSION";
    public const string ServicePathPrefix = "SERVICE_PATH_PREFIX";
    public const string WorkspaceName = "WORKSPACE_NAME";
    public const string ScoringTimeoutMs = "SCORING_TIMEOUT_MS";
    public const string WorkerCount = "WORKER_COUNT";
    public const string ServerPort = "SERVER_PORT";
    public const string LogLevel = "AZUREML_LOG_LEVEL";

    /// <summary><c>true</c>: requests are sent as telemetry to <see cref="AppInsightsEndpoint"/>.</summary>
    public const string AppInsightsEnabled = "AML_APP_INSIGHTS_ENABLED";

    /// <summary>Instrumentation key, a GUID.</summary>
    public const string AppInsightsKey = "AML_APP_INSIGHTS_KEY";

    /// <summary>Base URL of whatever takes Application Insights' documents. Default: Azure's.</summary>
    public const string AppInsightsEndpoint = "AML_APP_INSIGHTS_ENDPOINT";

    /// <summary>Address to listen on; default any. Local compute gives <c>127.0.0.1</c>.</summary>
    public const string BindAddress = "FAIRLEAD_BIND_ADDRESS";

    /// <summary>Path of a file to write the port to once listening (with port 0 the system chooses one): the number and
    /// a newline, put in place by rename.</summary>
    public const string PortFile = "FAIRLEAD_PORT_FILE";

    /// <summary>Requests taken at a time; one more is refused with a 503 marked by
    /// <see cref="ScoringHostHeaders.Refused"/>. Default: no limit.</summary>
    public const string MaxConcurrentRequests = "FAIRLEAD_MAX_CONCURRENT_REQUESTS";

    /// <summary>Most rows, or requests of an entry script, that are run together as one batch. Default 1: no batching.</summary>
    public const string MaxBatchSize = "FAIRLEAD_MAX_BATCH_SIZE";

    /// <summary>Milliseconds that the first request of a batch waits for others. Default 5.</summary>
    public const string MaxBatchDelayMs = "FAIRLEAD_MAX_BATCH_DELAY_MS";

    /// <summary>What ONNX models run on, by preference: a comma-separated list of <c>cuda</c>, <c>tensorrt</c>, <c>rocm</c>,
    /// <c>migraphx</c>, <c>cpu</c>. Default <c>auto</c>: a GPU that the runtime's library serves, else the CPU.</summary>
    public const string ExecutionProviders = "FAIRLEAD_EXECUTION_PROVIDERS";

    /// <summary>Python interpreter of the workers. Default <c>python3</c>.</summary>
    public const string Python = "FAIRLEAD_PYTHON";

    /// <summary>Framework of a model served with no code: <c>Onnx</c> or <c>ScikitLearn</c>.</summary>
    public const string ModelFramework = "FAIRLEAD_MODEL_FRAMEWORK";

    /// <summary><c>1</c>: end when the process that started it ends.</summary>
    public const string EndWithParent = "FAIRLEAD_END_WITH_PARENT";

    /// <summary>Milliseconds to finish requests after SIGTERM. Default: the scoring timeout and 5 s.</summary>
    public const string DrainMs = "FAIRLEAD_DRAIN_MS";
}

/// <summary>Response headers between scoring host, gateway and client that are ours.</summary>
public static class ScoringHostHeaders
{
    /// <summary>On a 503 of a scoring host that is full or draining: nothing was run, another replica may be tried.
    /// Its value is the reason, <c>busy</c>, <c>starting</c> or <c>draining</c>. Never reaches a client.</summary>
    public const string Refused = "x-fairlead-refused";

    /// <summary>On every answer that the gateway itself made, for example a 503: its value is the reason, a short
    /// stable name such as <c>queue-timeout</c>.</summary>
    public const string AnsweredByGateway = "x-fairlead-gateway";
}
