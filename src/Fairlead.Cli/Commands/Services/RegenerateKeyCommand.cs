using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service regen-key</c>.</summary>
internal sealed class RegenerateKeyCommand : ServiceVerb
{
    private readonly Option<string?> _key;
    private readonly Option<string?> _value;

    public RegenerateKeyCommand(ServiceKind kind)
        : base(
            "regen-key",
            "Replace a key of a service; the other one keeps working.",
            kind,
            "fairlead service regen-key -n iris -k Primary")
    {
        _key = Text("--key", "Primary or Secondary.", "-k", required: true);
        _key.CompletionSources.Add("Primary", "Secondary");
        _value = Text("--set-key", "The key to set. [default: a new one]", "-s");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var which = context.Get(_key)!.ToLowerInvariant() switch
        {
            "primary" => "Primary",
            "secondary" => "Secondary",
            _ => throw FairleadException.InvalidArgument("key", context.Get(_key), "Primary or Secondary"),
        };
        var keys = await context.Client.Services.RegenerateKeyAsync(
            ServiceName(context), new RegenerateKeyRequest(which, context.Get(_value)), cancellationToken);
        context.Terminal.Show(
            Shapes.Node(keys, ContractsJson.Default.AuthKeysDto), ("primary", "primaryKey"), ("secondary", "secondaryKey"));
        return ExitCodes.Ok;
    }
}
