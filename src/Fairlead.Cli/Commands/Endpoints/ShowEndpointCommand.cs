using Fairlead.Cli.Commands.Services;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Endpoints;

/// <summary><c>fairlead endpoint realtime show</c>.</summary>
internal sealed class ShowEndpointCommand() : ServiceVerb(
    "show", "Show an endpoint and its versions.", ServiceKind.Endpoint, "fairlead endpoint realtime show -n iris -o table")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var endpoint = await context.Client.Endpoints.GetAsync(ServiceName(context), cancellationToken);
        if (endpoint is { AuthEnabled: false, AadAuthEnabled: false })
        {
            context.Terminal.Say(OpenServices.Warning(endpoint.Name));
        }

        context.Terminal.Show(Shapes.Of(endpoint), Shapes.EndpointColumns);
        return ExitCodes.Ok;
    }
}
