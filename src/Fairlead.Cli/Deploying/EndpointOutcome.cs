using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Endpoints;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Deploying;

/// <summary>Waits for a change of an endpoint and says how it ended.</summary>
internal static class EndpointOutcome
{
    /// <param name="context">Of the command.</param>
    /// <param name="accepted">The change.</param>
    /// <param name="version">The version it is about; null for the endpoint itself.</param>
    /// <param name="noWait">Whether only to say that it has begun.</param>
    public static async Task<int> ShowAsync(
        VerbContext context, AcceptedEndpoint accepted, string? version, bool noWait, CancellationToken cancellationToken)
    {
        var endpoint = accepted.Endpoint;
        var service = endpoint.Versions.FirstOrDefault(other => other.Name == version)?.Service.Name ?? endpoint.Name;
        if (noWait)
        {
            context.Terminal.Say($"changing {endpoint.Name} (operation {accepted.OperationId}); see: fairlead endpoint realtime show -n {endpoint.Name}");
            context.Terminal.Show(Shapes.Of(endpoint), Shapes.EndpointColumns);
            return ExitCodes.Ok;
        }

        context.Note($"operation {accepted.OperationId}");
        var operation = await OperationWatch.RunAsync(context, service, accepted.OperationId, cancellationToken);
        if (operation.State != OperationState.Succeeded)
        {
            return await DeploymentOutcome.FailedAsync(
                context, service, operation, cancellationToken,
                $"run: fairlead endpoint realtime update-version -n {endpoint.Name} --vn {version ?? "VERSION"}, with what is to be changed");
        }

        endpoint = await context.Client.Endpoints.GetAsync(endpoint.Name, cancellationToken);
        context.Terminal.Say($"endpoint {endpoint.Name} is {endpoint.State} at {endpoint.ScoringUri}");
        foreach (var member in endpoint.Versions)
        {
            var share = FormattableString.Invariant($"{member.TrafficPercentile}");
            var shadow = member.ShadowPercentile > 0 ? FormattableString.Invariant($", shadow of {member.ShadowPercentile} %") : "";
            context.Terminal.Say($"  {member.Name}: {share} %{(member.IsDefault ? " and the rest" : "")}{shadow}, {member.Service.State}");
        }

        if (endpoint is { AuthEnabled: false, AadAuthEnabled: false })
        {
            context.Terminal.Say(OpenServices.Warning(endpoint.Name));
        }

        context.Terminal.Show(Shapes.Of(endpoint), Shapes.EndpointColumns);
        return ExitCodes.Ok;
    }
}
