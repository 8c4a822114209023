using Fairlead.Client;
using Fairlead.Client.Models;
using Fairlead.Client.Naming;
using Fairlead.Client.Services;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Running;

/// <summary>After "not found": the nearest name that exists.</summary>
internal static class Hints
{
    public static async Task PrintAsync(VerbContext context, Exception exception)
    {
        if (exception is not FairleadApiException { Code: var code } || context.WantedName is not { } wanted)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3), context.Host.Time);
            var names = await NamesAsync(context.Client, code, limit.Token);
            if (names is null)
            {
                return;
            }

            context.Terminal.Say(NearestName.Find(wanted, names) is { } near
                ? $"did you mean '{near}'?"
                : names.Count == 0 ? "there are none yet" : "there are: " + string.Join(", ", names.Take(10)));
        }
        catch (Exception e) when (e is FairleadApiException or ServerUnreachableException or OperationCanceledException)
        {
            // A hint is not worth a second error.
        }
    }

    private static async Task<List<string>?> NamesAsync(FairleadClient client, string code, CancellationToken cancellationToken)
    {
        switch (code)
        {
            case ErrorCodes.ServiceNotFound:
                // Keys, tokens and scoring of an endpoint are asked for as those of a service.
                return
                [
                    .. (await client.Services.ListAsync(new ServiceFilter(), cancellationToken)).Select(service => service.Name),
                    .. await EndpointsAsync(client, cancellationToken),
                ];
            case ErrorCodes.EndpointNotFound:
                return await EndpointsAsync(client, cancellationToken);
            case ErrorCodes.ModelNotFound:
                var models = await client.Models.ListAsync(new ModelFilter(), cancellationToken);
                return [.. models.Select(model => model.Id).Concat(models.Select(model => model.Name)).Distinct()];
            case ErrorCodes.EnvironmentNotFound:
                return [.. (await client.Environments.ListAsync(cancellationToken)).Select(environment => environment.Name)];
            case ErrorCodes.ComputeNotFound:
                return [.. (await client.Computes.ListAsync(cancellationToken)).Select(compute => compute.Name)];
            default:
                return null;
        }
    }

    private static async Task<List<string>> EndpointsAsync(FairleadClient client, CancellationToken cancellationToken) =>
        [.. (await client.Endpoints.ListAsync(new ServiceFilter(), cancellationToken)).Select(endpoint => endpoint.Name)];
}
