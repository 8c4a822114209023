using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Cli.Probing;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Errors;
using Spectre.Console;

namespace Fairlead.Cli.Commands.Scoring;

/// <summary><c>fairlead probe</c>: whether a service answers every request, while something is done to it or to its cluster.</summary>
internal sealed class ProbeCommand : Verb
{
    private const double DefaultRate = 10;
    private const double MaxRate = 10_000;
    private const int MaxConnectAttempts = 1000;
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    private readonly Argument<string> _target;
    private readonly Option<double?> _rate;
    private readonly Option<string?> _duration;
    private readonly Option<string?> _key;
    private readonly Option<string?> _data;
    private readonly Option<string?> _contentType;
    private readonly Option<string?> _timeout;
    private readonly Option<bool> _newConnections;
    private readonly Option<int?> _connectAttempts;

    public ProbeCommand()
        : base(
            "probe",
            "Send steady requests to a service and count those that fail.",
            """fairlead probe iris --rate 50 --duration 5m -d '{"data": [[5.1, 3.5, 1.4, 0.2]]}' -o table""",
            "fairlead probe http://10.0.0.7/api/v1/service/iris/score --key $KEY -d @request.json")
    {
        _target = new Argument<string>("url|service") { Description = "Scoring URL, or name of a service of the workspace." };
        Arguments.Add(_target);
        _rate = Number("--rate", "Requests a second, whatever becomes of those before (default 10).");
        _duration = Text("--duration", "For how long: 30s, 5m, 1h; 0 until Ctrl-C (default 1m).");
        _key = Text("--key", "Key or token of the service. [default: the service's key, when it is named and not its URL]");
        _data = Text("--input-data", "Body of each request, @FILE for a file's content, @- for standard input.", "-d");
        _contentType = Text("--content-type", "Media type of the body. [default: application/json]");
        _timeout = Text("--timeout", "After which a request without an answer has failed (default 1m).");
        _newConnections = Switch("--new-connections", "A connection for each request, as many load balancers see them.");
        _connectAttempts = Whole("--connect-attempts", "How often to try a connection, 100 ms apart, before its request has failed (default 1).");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(context, cancellationToken);
        var tally = new ProbeTally(context.Host.Time);
        using var prober = new Prober(plan, tally, context.Host.Time);
        context.Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"probing {plan.Address} {plan.Rate} times a second"));
        var run = prober.RunAsync(cancellationToken);
        await WatchAsync(context, tally, run);
        await run;
        Show(context, plan, tally);
        return tally.Failed == 0 ? ExitCodes.Ok : ExitCodes.Error;
    }

    private async Task<ProbePlan> PlanAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var rate = context.Get(_rate) ?? DefaultRate;
        if (rate is not (> 0 and <= MaxRate))
        {
            throw FairleadException.InvalidArgument(
                "rate", rate.ToString(CultureInfo.InvariantCulture), "a number above 0 and at most " + MaxRate.ToString(CultureInfo.InvariantCulture));
        }

        var duration = Time(context, _duration, "duration") ?? DefaultDuration;
        var timeout = Time(context, _timeout, "timeout") ?? DefaultTimeout;
        if (timeout == TimeSpan.Zero)
        {
            throw FairleadException.InvalidArgument("timeout", "0", "a time above 0, such as 30s");
        }

        var attempts = context.Get(_connectAttempts) ?? 1;
        if (attempts is not (>= 1 and <= MaxConnectAttempts))
        {
            throw FairleadException.InvalidArgument(
                "connect-attempts", attempts.ToString(CultureInfo.InvariantCulture),
                "a whole number from 1 to " + MaxConnectAttempts.ToString(CultureInfo.InvariantCulture));
        }

        var body = await BodyAsync(context, cancellationToken);
        var (address, key) = await TargetAsync(context, cancellationToken);
        return new ProbePlan(
            address, context.Get(_key) ?? key, body, context.Get(_contentType) ?? "application/json",
            rate, duration == TimeSpan.Zero ? null : duration, timeout, context.Get(_newConnections), attempts);
    }

    private async Task<(Uri Address, string? Key)> TargetAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var target = context.Get(_target)!;
        if (target.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(target, UriKind.Absolute, out var given) && given.Scheme is ("http" or "https")
                ? (given, null)
                : throw FairleadException.InvalidArgument("url", target, "a URL such as http://127.0.0.1:8480/api/v1/service/iris/score");
        }

        context.WantedName = target;
        var service = await context.Client.Services.GetAsync(target, cancellationToken);
        var key = service.AuthEnabled && context.Get(_key) is null
            ? (await context.Client.Services.GetKeysAsync(target, cancellationToken)).PrimaryKey
            : null;
        return (new Uri(service.ScoringUri), key);
    }

    private async Task<byte[]> BodyAsync(VerbContext context, CancellationToken cancellationToken)
    {
        switch (context.Get(_data))
        {
            case null:
                return [];
            case "@-":
                using (var all = new MemoryStream())
                {
                    await using var input = context.Host.OpenInput();
                    await input.CopyToAsync(all, cancellationToken);
                    return all.ToArray();
                }

            case ['@', .. var file]:
                var path = context.FullPath(file);
                return File.Exists(path)
                    ? await File.ReadAllBytesAsync(path, cancellationToken)
                    : throw FairleadException.InvalidArgument("input-data", "@" + file, $"a file that exists ('{path}' does not)");
            case { } data:
                return Encoding.UTF8.GetBytes(data);
        }
    }

    // A line that changes for a person, now and then a line for a log.
    private static async Task WatchAsync(VerbContext context, ProbeTally tally, Task run)
    {
        if (context.Terminal.IsLive)
        {
            await context.Terminal.People.Live(new Markup("…")).AutoClear(true).StartAsync(
                live => EachAsync(TimeSpan.FromMilliseconds(500), () => live.UpdateTarget(new Markup(tally.ToLine()))));
        }
        else
        {
            await EachAsync(TimeSpan.FromSeconds(10), () => context.Terminal.Say(tally.ToLine()));
        }

        async Task EachAsync(TimeSpan period, Action show)
        {
            while (await Task.WhenAny(run, Task.Delay(period, context.Host.Time)) != run)
            {
                show();
            }
        }
    }

    private static void Show(VerbContext context, ProbePlan plan, ProbeTally tally)
    {
        var result = tally.ToJson();
        if (!context.Terminal.IsTable)
        {
            result.Insert(0, "url", plan.Address.AbsoluteUri);
            result.Insert(1, "rate", plan.Rate);
            context.Terminal.ShowJson(result);
            return;
        }

        context.Terminal.Show(
            result,
            ("seconds", "seconds"), ("sent", "sent"), ("answered", "answered"), ("failed", "failed"), ("outcomes", "outcomes"),
            ("latency ms", "latencyMs"), ("longest gap ms", "longestGapMs"));
        foreach (var failure in result["failures"]!.AsArray().OfType<JsonObject>())
        {
            context.Terminal.Say($"failed after {failure["atSeconds"]} s: {failure["outcome"]}: {failure["detail"]} {failure["requestId"]}".TrimEnd());
        }
    }

    private static TimeSpan? Time(VerbContext context, Option<string?> option, string field)
    {
        if (context.Get(option) is not { } text)
        {
            return null;
        }

        var digits = text.AsSpan().TrimEnd("msh");
        double? unit = text[digits.Length..] switch { "ms" => 0.001, "" or "s" => 1, "m" => 60, "h" => 3600, _ => null };
        return unit is { } seconds && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * seconds is >= 0 and <= 1e8
            ? TimeSpan.FromSeconds(value * seconds)
            : throw FairleadException.InvalidArgument(field, text, "a time such as 500ms, 30s, 5m or 1h");
    }
}
