using System.CommandLine;
using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary>What <c>create-version</c> and <c>update-version</c> have in common (§2.2).</summary>
internal abstract class VersionVerb : ServiceVerb
{
    private readonly Option<string?> _version, _config, _description;
    private readonly Option<double?> _traffic, _shadow;
    private readonly Option<bool?> _default, _control;
    private readonly Option<bool> _noWait;
    private readonly SettingsOptions _settings;

    protected VersionVerb(string name, string description, params string[] examples)
        : base(name, description, ServiceKind.Endpoint, examples)
    {
        _version = Text("--version-name", "Name of the version.", "--vn", required: true);
        _traffic = Number("--traffic-percentile", "Its share of the requests, 0 to 100, decimals allowed. [default of a new one: 0]", "--tp");
        _shadow = Number("--shadow-percentile", "Share of the requests that it gets a copy of, 0 to 100; its answers are compared, and given to nobody.");
        _default = DeclareFlag(this, "--is-default", "True makes it the version that gets what no percentile gives away.", null);
        _control = DeclareFlag(this, "--is-control-version-type", "True makes it the one that others are compared with.", "--cvt");
        _config = Text("--deploy-config-file", "JSON or YAML file with the settings.", "--dc");
        _description = Text("--description", "Description for people.", "-d");
        _noWait = Switch("--no-wait", "Return as soon as the change has begun.");
        Labels = new LabelOptions(this);
        Image = new ImageOptions(this);
        _settings = new SettingsOptions(this, ofVersion: true);
    }

    /// <summary>A version of an endpoint; the default one when none is named.</summary>
    /// <exception cref="FairleadException"><c>InvalidArgument</c>: there is none of that name.</exception>
    public static EndpointVersionDto Find(EndpointDto endpoint, string? name) =>
        endpoint.Versions.FirstOrDefault(version => name is null ? version.IsDefault : version.Name == name)
            ?? throw FairleadException.InvalidArgument(
                "version-name", name, "one of " + string.Join(", ", endpoint.Versions.Select(version => version.Name)));

    protected LabelOptions Labels { get; }

    protected ImageOptions Image { get; }

    protected string VersionName(VerbContext context) => context.Get(_version)!;

    protected decimal? Traffic(VerbContext context) => (decimal?)context.Get(_traffic);

    protected decimal? Shadow(VerbContext context) => (decimal?)context.Get(_shadow);

    protected bool? IsDefault(VerbContext context) => context.Get(_default);

    protected bool? IsControl(VerbContext context) => context.Get(_control);

    protected bool NoWait(VerbContext context) => context.Get(_noWait);

    protected DeploymentSettings Settings(VerbContext context)
    {
        var config = context.Get(_config) is { } path ? DeploymentConfig.Read(context.FullPath(path)) : null;
        foreach (var warning in config?.Warnings ?? [])
        {
            context.Terminal.Warn(warning);
        }

        var flags = _settings.Read(context) with { Description = context.Get(_description) };
        var settings = config?.Settings.OverriddenBy(flags) ?? flags;
        settings.Validate();
        return settings;
    }
}
