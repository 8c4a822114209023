using System.CommandLine;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;

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
        var settings = new DeploymentSettings
        {
            Description = context.Get(_description),
            AuthEnabled = context.Get(_auth),
            TokenAuthEnabled = context.Get(_tokenAuth),
            EnableAppInsights = context.Get(_appInsights),
            Tags = _labels.Tags(context, current.KvTags),
            Properties = _labels.Properties(context),
        };
        var steps = settings.ToPatch(current, context.Get(_sticky));
        if (steps.Count == 0)
        {
            context.Terminal.Say($"nothing to change in {name}");
            context.Terminal.Show(Shapes.Of(current), Shapes.EndpointColumns);
            return ExitCodes.Ok;
        }

        var accepted = await context.Client.Endpoints.UpdateAsync(name, steps, cancellationToken);
        return await EndpointOutcome.ShowAsync(context, accepted, null, context.Get(_noWait), cancellationToken);
    }
}
