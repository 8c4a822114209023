using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime update</c>: what belongs to the endpoint itself.</summary>
internal sealed class UpdateEndpointCommand : ServiceVerb
{
    private readonly Option<string?> _description, _sticky;
    private readonly Option<bool?> _auth, _tokenAuth, _appInsights;
    private readonly Option<bool> _noWait;
    private readonly LabelOptions _labels;

    public UpdateEndpointCommand()
        : base(
            "update", "Change what belongs to the endpoint itself; update-version changes a version or its traffic.",
            ServiceKind.Endpoint,
            "fairlead endpoint realtime update -n iris --sticky-header x-user --add-tag stage=prod")
    {
        _description = Text("--description", "New description.", "-d");
        _auth = DeclareFlag(this, "--auth-enabled", "Whether callers need a key.", "--ae");
        _tokenAuth = DeclareFlag(this, "--token-auth-enabled", "Whether callers need a token instead of a key.", null);
        _appInsights = DeclareFlag(this, "--enable-app-insights", "Whether requests are recorded as telemetry.", "--ai");
        _sticky = Text("--sticky-header", "Requests with the same value of this header go to the same version; '' ends that.");
        _noWait = Switch("--no-wait", "Return as soon as the update has begun.");
        _labels = new LabelOptions(this);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var current = await context.Client.Endpoints.GetAsync(name, cancellationToken);
        var steps = new List<PatchStep>();
        Add("description", context.Get(_description) is { } text ? JsonValue.Create(text) : null);
        Add("authEnabled", Flag(_auth));
        Add("aadAuthEnabled", Flag(_tokenAuth));
        Add("appInsightsEnabled", Flag(_appInsights));
        Add("kvTags", Map(_labels.Tags(context, current.KvTags)));
        Add("properties", Map(_labels.Properties(context) is { } added
            ? current.Properties.Where(pair => !added.ContainsKey(pair.Key)).Concat(added).ToDictionary() : null));
        if (context.Get(_sticky) is { } header)
        {
            steps.Add(header.Length == 0
                ? new PatchStep("remove", "/stickyHeader", null) : new PatchStep("add", "/stickyHeader", JsonValue.Create(header)));
        }

        if (steps.Count == 0)
        {
            context.Terminal.Say($"nothing to change in {name}");
            context.Terminal.Show(Shapes.Of(current), Shapes.EndpointColumns);
            return ExitCodes.Ok;
        }

        var accepted = await context.Client.Endpoints.UpdateAsync(name, steps, cancellationToken);
        return await EndpointOutcome.ShowAsync(context, accepted, null, context.Get(_noWait), cancellationToken);

        JsonNode? Flag(Option<bool?> option) => context.Get(option) is { } flag ? JsonValue.Create(flag) : null;

        void Add(string path, JsonNode? value)
        {
            if (value is not null)
            {
                steps.Add(new PatchStep("add", "/" + path, value));
            }
        }
    }

    private static JsonNode? Map(IReadOnlyDictionary<string, string>? values) => values is null
        ? null
        : JsonSerializer.SerializeToNode(values.ToDictionary(), ContractsJson.Default.DictionaryStringString);
}
