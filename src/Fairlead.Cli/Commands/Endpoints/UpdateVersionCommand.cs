using Fairlead.Cli.Deploying;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime update-version</c>.</summary>
internal sealed class UpdateVersionCommand() : VersionVerb(
    "update-version",
    "Change a version or its share of the requests; what is not named stays. A changed share alone rolls nothing out.",
    "fairlead endpoint realtime update-version -n iris --vn green --tp 20",
    "fairlead endpoint realtime update-version -n iris --vn green --is-default true",
    "fairlead endpoint realtime update-version -n iris --vn green -m iris:3 --mi 2")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var settings = Settings(context);
        var image = Image.Read(context);
        var source = ImageUpload.Check(image, context);
        var endpoint = await context.Client.Endpoints.GetAsync(name, cancellationToken);
        var version = VersionName(context);
        var current = Find(endpoint, version).Service;
        settings = settings with
        {
            Tags = Labels.Tags(context, current.KvTags),
            Properties = Labels.Properties(context),
        };
        var uploaded = image.IsEmpty
            ? null
            : DeploymentImage.Merge(current, image, await ImageUpload.UploadAsync(image, source, context, cancellationToken));
        PatchStep[] steps =
        [
            .. settings.ToPatch(current, uploaded),
            .. DeploymentRequests.ToPatch(Traffic(context), Shadow(context), IsDefault(context), IsControl(context)),
        ];
        if (steps.Length == 0)
        {
            context.Terminal.Say($"nothing to change in version {version} of {name}");
            context.Terminal.Show(Shapes.Of(endpoint), Shapes.EndpointColumns);
            return ExitCodes.Ok;
        }

        var accepted = await context.Client.Endpoints.UpdateVersionAsync(name, version, steps, cancellationToken);
        return await EndpointOutcome.ShowAsync(context, accepted, version, NoWait(context), cancellationToken);
    }
}
