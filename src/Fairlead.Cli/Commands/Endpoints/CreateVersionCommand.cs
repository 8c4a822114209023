using Fairlead.Cli.Deploying;
using Fairlead.Cli.Running;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime create-version</c>.</summary>
internal sealed class CreateVersionCommand() : VersionVerb(
    "create-version",
    "Deploy another version of an endpoint. It gets its share of the requests once it is ready.",
    "fairlead endpoint realtime create-version -n iris --vn green -m iris:2 --tp 2.5",
    "fairlead endpoint realtime create-version -n iris --vn green -m iris:2 --ic inferenceconfig.json --is-default true")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        var settings = Settings(context) with
        {
            Tags = Labels.Tags(context, new Dictionary<string, string>()),
            Properties = Labels.Properties(context),
        };
        var image = Image.Read(context);
        if (image.Models.Count == 0 && image.EntryScript is null)
        {
            throw FairleadException.InvalidArgument("model", null, "given: -m NAME:VERSION, or an entry script with --ic or --es");
        }

        var source = ImageUpload.Check(image, context);
        await context.Client.Endpoints.GetAsync(name, cancellationToken);
        foreach (var model in image.Models)
        {
            context.WantedName = model;
            await context.Client.Models.GetAsync(model, cancellationToken);
        }

        context.WantedName = image.EnvironmentReference?.Name;
        var version = VersionName(context);
        var request = settings.ToCreateRequest(
            version, "", await ImageUpload.UploadAsync(image, source, context, cancellationToken)).ToVersionRequest() with
        {
            TrafficPercentile = Traffic(context),
            ShadowPercentile = Shadow(context),
            IsDefault = IsDefault(context),
            IsControlVersionType = IsControl(context),
        };
        var accepted = await context.Client.Endpoints.CreateVersionAsync(name, request, cancellationToken);
        return await EndpointOutcome.ShowAsync(context, accepted, version, NoWait(context), cancellationToken);
    }
}
