using System.CommandLine;
using Fairlead.Cli.Deploying;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Services;

namespace Fairlead.Cli.Commands.Models;

/// <summary><c>fairlead model deploy</c>.</summary>
internal sealed class DeployCommand : Verb
{
    private readonly Option<string?> _name;
    private readonly Option<string?> _config;
    private readonly Option<string?> _compute;
    private readonly Option<string?> _computeType;
    private readonly Option<string?> _description;
    private readonly Option<string[]> _tags;
    private readonly Option<string[]> _properties;
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _noWait;
    private readonly Option<string?> _version;
    private readonly Option<double?> _traffic;
    private readonly Option<string?> _sticky;
    private readonly ImageOptions _image;
    private readonly SettingsOptions _settings;
    private readonly IgnoredOptions _ignored;

    public DeployCommand()
        : base(
            "deploy",
            "Deploy models as a service. Flags win over the config files, those over the defaults.",
            "fairlead model deploy -n iris -m iris:1                      (ONNX or scikit-learn: no code needed)",
            "fairlead model deploy -n digits -m digits:1 --ic inferenceconfig.json --dc deploymentconfig.json",
            "fairlead model deploy -n digits -m digits --es score.py --sd ./src -e my-env --ev 2 --overwrite",
            "fairlead model deploy -n iris -m iris:1 --cp aksendpoint --vn blue     (an endpoint with its first version)",
            "fairlead model deploy -n both -m one:1 -m two:3 --ic ic.yml --mi 2 --ma 8 --ae true --no-wait")
    {
        _name = Text("--name", "Name of the service: " + ServiceNames.Rule + ".", "-n", required: true);
        _config = Text("--deploy-config-file", "JSON or YAML file with the deployment's settings.", "--dc");
        _compute = Text("--compute-target", "Compute target to run on. [default: the workspace's own]", "--ct");
        _computeType = Text("--compute-type", "aks, kubernetes or local; aksendpoint makes an endpoint with versions. [default: the config file's, else local]", "--cp");
        _description = Text("--description", "Description for people.");
        _tags = Texts("--tag", "A tag, key=value.");
        _properties = Texts("--property", "A property, key=value; properties cannot be changed later.");
        _overwrite = Switch("--overwrite", "Deploy over a service of this name, which keeps its URL and keys.");
        _noWait = Switch("--no-wait", "Return as soon as the deployment has begun.");
        _version = Text("--version-name", "Makes an endpoint: name of its first version. [default: the endpoint's]", "--vn");
        _traffic = DeclareNumber(
            this, "--traffic-percentile", "Makes an endpoint: the first version's share; as the default version it gets the rest too.", "--tp");
        _sticky = Text("--sticky-header", "Makes an endpoint: requests with the same value of this header go to the same version.");
        _image = new ImageOptions(this);
        _settings = new SettingsOptions(this);
        _ignored = new IgnoredOptions(
            this,
            "it is for other compute types",
            ("--dns-name-label", "--dn"), ("--key-name", null), ("--key-version", null), ("--location", "--lo"),
            ("--profile-input", "--pi"), ("--port", "--po"), ("--ssl-cname", "--sc"), ("--ssl-enabled", "--se"),
            ("--ssl-key-pem-file", "--sk"), ("--ssl-cert-pem-file", "--sp"), ("--subnet-name", null),
            ("--vault-base-url", null), ("--vnet-name", null));
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        _ignored.Warn(context);
        var name = context.Get(_name)!;
        ServiceNames.Validate(name);
        var config = ReadConfig(context);
        var flags = _settings.Read(context) with
        {
            Description = context.Get(_description),
            Tags = KeyValues.Parse("tag", context.Get(_tags)),
            Properties = KeyValues.Parse("property", context.Get(_properties)),
        };
        var settings = config?.Settings.OverriddenBy(flags) ?? flags;
        settings.Validate();
        var type = ComputeTypes.Normalize(context.Get(_computeType), "--compute-type") ?? config?.ComputeType ?? ComputeTypes.Local;
        var image = _image.Read(context);
        if (image.Models.Count == 0 && image.EntryScript is null)
        {
            throw FairleadException.InvalidArgument("model", null, "given: -m NAME:VERSION, or an entry script with --ic or --es");
        }

        // All that can be wrong on this side, and missing on the other, is found before anything is uploaded.
        var source = ImageUpload.Check(image, context);
        foreach (var model in image.Models)
        {
            context.WantedName = model;
            await context.Client.Models.GetAsync(model, cancellationToken);
        }

        context.WantedName = image.EnvironmentReference?.Name;
        var request = settings.ToCreateRequest(
            name, type, await ImageUpload.UploadAsync(image, source, context, cancellationToken)) with
        {
            ComputeName = context.Get(_compute) ?? config?.ComputeTarget,
            Overwrite = context.Get(_overwrite),
            Keys = Keys(context, config),
        };
        if (type == ComputeTypes.AksEndpoint || context.Has(_version) || context.Has(_traffic) || context.Has(_sticky))
        {
            return await CreateEndpointAsync(context, request, cancellationToken);
        }

        var accepted = await context.Client.Services.CreateAsync(request, cancellationToken);
        if (!context.Get(_noWait))
        {
            return await DeploymentOutcome.WaitAndShowAsync(context, name, accepted, cancellationToken);
        }

        context.Terminal.Say($"deploying {name} (operation {accepted.OperationId}); see: fairlead service show -n {name}");
        context.Terminal.Show(
            Shapes.Of(accepted.Service ?? await context.Client.Services.GetAsync(name, cancellationToken)), Shapes.ServiceColumns);
        return ExitCodes.Ok;
    }

    private async Task<int> CreateEndpointAsync(VerbContext context, CreateServiceRequest request, CancellationToken cancellationToken)
    {
        var accepted = await context.Client.Endpoints.CreateAsync(
            request.ToEndpointRequest() with
            {
                VersionName = context.Get(_version),
                TrafficPercentile = (decimal?)context.Get(_traffic),
                StickyHeader = context.Get(_sticky),
            },
            cancellationToken);
        return await EndpointOutcome.ShowAsync(
            context, accepted, context.Get(_version) ?? request.Name, context.Get(_noWait), cancellationToken);
    }

    private DeploymentConfig? ReadConfig(VerbContext context)
    {
        var config = context.Get(_config) is { } path ? DeploymentConfig.Read(context.FullPath(path)) : null;
        foreach (var warning in config?.Warnings ?? [])
        {
            context.Terminal.Warn(warning);
        }

        return config;
    }

    private AuthKeysDto? Keys(VerbContext context, DeploymentConfig? config)
    {
        var keys = new AuthKeysDto(
            _settings.PrimaryKey(context) ?? config?.Keys?.PrimaryKey,
            _settings.SecondaryKey(context) ?? config?.Keys?.SecondaryKey);
        return keys is { PrimaryKey: null, SecondaryKey: null } ? null : keys;
    }
}
