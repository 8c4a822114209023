using System.CommandLine;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service update</c>.</summary>
internal sealed class UpdateServiceCommand : ServiceVerb
{
    private readonly Option<string?> _config, _description, _compute;
    private readonly LabelOptions _labels;
    private readonly Option<bool> _noWait;
    private readonly Option<bool?> _migration;
    private readonly ImageOptions _image;
    private readonly SettingsOptions _settings;
    private readonly IgnoredOptions _ignored;

    public UpdateServiceCommand()
        : base(
            "update",
            "Change a service; what is not named stays as it is. A failed update leaves the old version serving.",
            ServiceKind.Service,
            "fairlead service update -n iris -m iris:2",
            "fairlead service update -n iris --mi 2 --ma 8 --add-tag stage=prod")
    {
        _config = Text("--deploy-config-file", "JSON or YAML file with the settings to change.", "--dc");
        _description = Text("--description", "New description.", "-d");
        _compute = Text("--compute-target", "The service's compute target; it cannot be changed.");
        _labels = new LabelOptions(this);
        _noWait = Switch("--no-wait", "Return as soon as the update has begun.");
        _migration = DeclareFlag(this, "--is-migration", "v1's move to another product; refused here.", null);
        _image = new ImageOptions(this);
        _settings = new SettingsOptions(this);
        _ignored = new IgnoredOptions(
            this,
            "it is for other compute types",
            ("--dns-name-label", "--dn"), ("--location", "--lo"), ("--port", "--po"), ("--ssl-cname", "--sc"),
            ("--ssl-enabled", "--se"), ("--ssl-key-pem-file", "--sk"), ("--ssl-cert-pem-file", "--sp"));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        if (context.Get(_migration) == true)
        {
            throw new FairleadException(ErrorCodes.NotSupported, 400, "--is-migration is not supported: there is nothing to move to");
        }

        var name = ServiceName(context);
        var config = context.Get(_config) is { } path ? DeploymentConfig.Read(context.FullPath(path)) : null;
        foreach (var warning in config?.Warnings ?? [])
        {
            context.Terminal.Warn(warning);
        }

        var flags = _settings.Read(context);
        (config?.Settings.OverriddenBy(flags) ?? flags).Validate();
        var image = _image.Read(context);
        var source = ImageUpload.Check(image, context);

        var current = await context.Client.Services.GetAsync(name, cancellationToken);
        if (context.Get(_compute) is { } compute && compute != current.ComputeName)
        {
            throw FairleadException.InvalidArgument(
                "compute-target", compute, $"the service's own, '{current.ComputeName}'; deploy a second service to move it");
        }

        flags = flags with
        {
            Description = context.Get(_description),
            Tags = _labels.Tags(context, current.KvTags),
            Properties = _labels.Properties(context),
        };
        var settings = config?.Settings.OverriddenBy(flags) ?? flags;
        var steps = settings.ToPatch(
            current, image.IsEmpty ? null : DeploymentImage.Merge(current, image, await ImageUpload.UploadAsync(image, source, context, cancellationToken)));
        await SetKeysAsync(context, name, config?.Keys, cancellationToken);
        if (steps.Count == 0)
        {
            context.Terminal.Say($"nothing else to change in {name}");
            context.Terminal.Show(Shapes.Of(current), Shapes.ServiceColumns);
            return ExitCodes.Ok;
        }

        var accepted = await context.Client.Services.UpdateAsync(name, steps, cancellationToken);
        if (!context.Get(_noWait))
        {
            return await DeploymentOutcome.WaitAndShowAsync(context, name, accepted, cancellationToken);
        }

        context.Terminal.Say($"updating {name} (operation {accepted.OperationId})");
        context.Terminal.Show(Shapes.Of(accepted.Service ?? current), Shapes.ServiceColumns);
        return ExitCodes.Ok;
    }

    private async Task SetKeysAsync(VerbContext context, string name, AuthKeysDto? configured, CancellationToken cancellationToken)
    {
        foreach (var (type, key) in new[]
        {
            ("Primary", _settings.PrimaryKey(context) ?? configured?.PrimaryKey),
            ("Secondary", _settings.SecondaryKey(context) ?? configured?.SecondaryKey),
        })
        {
            if (key is not null)
            {
                await context.Client.Services.RegenerateKeyAsync(name, new RegenerateKeyRequest(type, key), cancellationToken);
                context.Terminal.Say($"set the {type.ToLowerInvariant()} key of {name}");
            }
        }
    }
}
