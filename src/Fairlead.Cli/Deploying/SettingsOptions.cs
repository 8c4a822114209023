using System.CommandLine;
using Fairlead.Cli.Commands;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;

namespace Fairlead.Cli.Deploying;

/// <summary>The settings of a deployment as flags, the same wherever something is deployed or updated (§2.2).</summary>
internal sealed class SettingsOptions
{
    private readonly Command _command;
    private readonly bool _ofVersion;
    private readonly Option<bool?> _auth, _tokenAuth, _appInsights, _autoscale, _collect;
    private readonly Option<int?> _refresh, _target, _max, _min, _replicas, _gpu, _timeoutMs, _wait, _concurrent;
    private readonly Option<int?> _period, _delay, _timeout, _success, _failure;
    private readonly Option<double?> _cpu, _cpuLimit, _memory, _memoryLimit;
    private readonly Option<string?> _namespace;
    private readonly Option<string[]> _issuers;
    private readonly Option<string?> _primary, _secondary;

    /// <param name="command">Gets the options.</param>
    /// <param name="ofVersion">For a version of an endpoint: without what belongs to the endpoint.</param>
    public SettingsOptions(Command command, bool ofVersion = false)
    {
        _command = command;
        _ofVersion = ofVersion;
        _auth = OfService("--auth-enabled", "--ae", "Whether callers need a key. [default: true]");
        _tokenAuth = OfService("--token-auth-enabled", null, "Whether callers need a token instead of a key. [default: false]");
        _issuers = OfService(
            new Option<string[]>("--token-issuer"), null,
            "Also trust tokens of this OpenID Connect provider: issuer=URL,audience=NAME. May be given many times.");
        _appInsights = OfService("--enable-app-insights", "--ai", "Whether requests are recorded as telemetry. [default: false]");
        _autoscale = Flag("--autoscale-enabled", "--as", "Whether the number of replicas follows load. [default: true unless --nr]");
        _min = Whole("--autoscale-min-replicas", "--mi", "Fewest replicas. [default: 1]");
        _max = Whole("--autoscale-max-replicas", "--ma", "Most replicas. [default: 10]");
        _refresh = Whole("--autoscale-refresh-seconds", "--ar", "Seconds between looks at the load. [default: 1]");
        _target = Whole("--autoscale-target-utilization", "--at", "Wanted busy share in percent. [default: 70]");
        _replicas = Whole("--num-replicas", "--nr", "Fixed number of replicas. [default: none, the number follows load]");
        _collect = Flag("--collect-model-data", "--md", "Whether inputs and outputs are kept. [default: false]");
        _cpu = Number("--cpu-cores", "--cc", "Cores of a replica. [default: 0.1]");
        _cpuLimit = Number("--cpu-cores-limit", "--ccl", "Most cores of a replica. [default: none]");
        _memory = Number("--memory-gb", "--gb", "GB of memory of a replica. [default: 0.5]");
        _memoryLimit = Number("--memory-gb-limit", "--gbl", "Most GB of memory of a replica. [default: none]");
        _gpu = Whole("--gpu-cores", "--gc", "GPUs of a replica. [default: none]");
        _timeoutMs = Whole("--scoring-timeout-ms", "--tm", "Longest scoring in milliseconds. [default: 60000]");
        _concurrent = Whole("--replica-max-concurrent-requests", "--rm", "Requests in one replica at a time. [default: 1]");
        _wait = Whole("--max-request-wait-time", "--mr", "Longest wait for a free replica in milliseconds. [default: 500]");
        _period = Whole("--period-seconds", "--ps", "Seconds between liveness probes. [default: 10]");
        _delay = Whole("--initial-delay-seconds", "--id", "Seconds before the first liveness probe. [default: 310]");
        _timeout = Whole("--timeout-seconds", "--ts", "Seconds a liveness probe may take. [default: 2]");
        _success = Whole("--success-threshold", "--st", "Good probes after which a replica counts as alive. [default: 1]");
        _failure = Whole("--failure-threshold", "--ft", "Bad probes after which a replica is replaced. [default: 3]");
        _namespace = command is { Name: "deploy" }
            ? Verb.Declare(command, new Option<string?>("--namespace"), "Kubernetes namespace; without effect on local compute.")
            : new Option<string?>("--namespace");
        _primary = OfService(new Option<string?>("--primary-key"), "--kp", "Primary key to use instead of a new one.");
        _secondary = OfService(new Option<string?>("--secondary-key"), "--ks", "Secondary key to use instead of a new one.");
    }

    public string? PrimaryKey(VerbContext context) => Given(context, _primary);

    public string? SecondaryKey(VerbContext context) => Given(context, _secondary);

    public DeploymentSettings Read(VerbContext context) => new()
    {
        AuthEnabled = Given(context, _auth),
        TokenAuthEnabled = Given(context, _tokenAuth),
        TokenIssuers = TokenIssuers.Parse("token-issuer", Given(context, _issuers)),
        EnableAppInsights = Given(context, _appInsights),
        AutoscaleEnabled = context.Get(_autoscale),
        AutoscaleMinReplicas = context.Get(_min),
        AutoscaleMaxReplicas = context.Get(_max),
        AutoscaleRefreshSeconds = context.Get(_refresh),
        AutoscaleTargetUtilization = context.Get(_target),
        NumReplicas = context.Get(_replicas),
        CollectModelData = context.Get(_collect),
        CpuCores = context.Get(_cpu),
        CpuCoresLimit = context.Get(_cpuLimit),
        MemoryGb = context.Get(_memory),
        MemoryGbLimit = context.Get(_memoryLimit),
        GpuCores = context.Get(_gpu),
        ScoringTimeoutMs = context.Get(_timeoutMs),
        ReplicaMaxConcurrentRequests = context.Get(_concurrent),
        MaxRequestWaitTimeMs = context.Get(_wait),
        PeriodSeconds = context.Get(_period),
        InitialDelaySeconds = context.Get(_delay),
        TimeoutSeconds = context.Get(_timeout),
        SuccessThreshold = context.Get(_success),
        FailureThreshold = context.Get(_failure),
        Namespace = Given(context, _namespace),
    };

    private T? Given<T>(VerbContext context, Option<T> option) => _command.Options.Contains(option) ? context.Get(option) : default;

    private Option<bool?> OfService(string name, string? alias, string description) =>
        _ofVersion ? new Option<bool?>(name) : Flag(name, alias, description);

    private TOption OfService<TOption>(TOption option, string? alias, string description)
        where TOption : Option => _ofVersion ? option : Verb.Declare(_command, option, description, alias);

    private Option<bool?> Flag(string name, string? alias, string description) => Verb.DeclareFlag(_command, name, description, alias);

    private Option<int?> Whole(string name, string? alias, string description) => Verb.DeclareWhole(_command, name, description, alias);

    private Option<double?> Number(string name, string? alias, string description) => Verb.DeclareNumber(_command, name, description, alias);
}
