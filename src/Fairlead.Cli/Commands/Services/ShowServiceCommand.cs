using Fairlead.Cli.Output;
using Fairlead.Cli.Running;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service show</c>.</summary>
internal sealed class ShowServiceCommand() : ServiceVerb("show", "Show a service.", ServiceKind.Service, "fairlead service show -n iris")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var service = await context.Client.Services.GetAsync(ServiceName(context), cancellationToken);
        if (service is { AuthEnabled: false, AadAuthEnabled: false })
        {
            context.Terminal.Say(OpenServices.Warning(service.Name));
        }

        if (service.DeploymentStatus.Warning is { } warning)
        {
            context.Terminal.Warn(warning);
        }

        context.Terminal.Show(Shapes.Of(service), Shapes.ServiceColumns);
        return ExitCodes.Ok;
    }
}
