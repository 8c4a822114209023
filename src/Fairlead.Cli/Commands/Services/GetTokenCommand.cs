using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service get-access-token</c>.</summary>
internal sealed class GetTokenCommand(ServiceKind kind) : ServiceVerb(
    "get-access-token", "Get a token for a service with token authentication.", kind, "fairlead service get-access-token -n iris")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var token = await context.Client.Services.GetTokenAsync(ServiceName(context), cancellationToken);
        context.Terminal.Show(
            Shapes.Node(token, ContractsJson.Default.AccessTokenDto),
            ("type", "tokenType"), ("expires on", "expiryOn"), ("refresh after", "refreshAfter"), ("token", "accessToken"));
        return ExitCodes.Ok;
    }
}
