using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service get-keys</c>.</summary>
internal sealed class GetKeysCommand(ServiceKind kind)
    : ServiceVerb("get-keys", "Show the two keys of a service.", kind, "fairlead service get-keys -n iris")
{
    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var keys = await context.Client.Services.GetKeysAsync(ServiceName(context), cancellationToken);
        context.Terminal.Show(
            Shapes.Node(keys, ContractsJson.Default.AuthKeysDto), ("primary", "primaryKey"), ("secondary", "secondaryKey"));
        return ExitCodes.Ok;
    }
}
