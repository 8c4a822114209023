using System.CommandLine;
using System.Text.Json.Nodes;
using Fairlead.Cli.Output;
using Fairlead.Cli.Running;
using Fairlead.Client.Gateways;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Gateways;

/// <summary><c>fairlead gateway status</c>.</summary>
internal sealed class GatewayStatusCommand : Verb
{
    private const string TokenVariable = "FAIRLEAD_GATEWAY_TOKEN";

    private readonly Option<string?> _url;

    public GatewayStatusCommand()
        : base(
            "status",
            "Show what a gateway knows: the other gateways, who coordinates which service, queues and leases.",
            "fairlead gateway status -o table",
            $"{TokenVariable}=$(cat token) fairlead gateway status --url http://10.0.0.5:8480") =>
        _url = Text("--url", "URL of the gateway. [default: that of the server of the data folder]");

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var url = context.Get(_url) is { } given ? Parse(given) : context.Data.RequireServer().GatewayUrl;

        // The local server's token is for this machine alone.
        var token = context.Host.Variable(TokenVariable) ?? (url.IsLoopback ? context.Data.ReadToken() : null);
        using var client = new GatewayClient(url, token);
        var status = Shapes.Node(await client.StatusAsync(cancellationToken), ContractsJson.Default.GatewayStatusDto);
        if (!context.Terminal.IsTable)
        {
            context.Terminal.Show(status);
            return ExitCodes.Ok;
        }

        Show(context.Terminal, status);
        return ExitCodes.Ok;
    }

    private static void Show(Terminal terminal, JsonObject status)
    {
        (string, string)[] columns = [("gateway", "id"), ("version", "version")];
        (string, string)[] group =
        [
            ("view", "group.view"), ("valid", "group.isValid"), ("settled", "group.isSettled"), ("configured", "group.configured"),
        ];
        terminal.Show(status, status["group"] is null ? columns : [.. columns, .. group]);
        if (status["group"]?["members"] is JsonArray members)
        {
            terminal.Show(
                members,
                ("gateway", "id"), ("member", "isMember"), ("leaving", "isLeaving"), ("connected", "isConnected"),
                ("heard ms ago", "heardMs"), ("coordinates", "coordinates"));
        }

        var services = (JsonArray)status["services"]!;
        terminal.Show(
            services,
            ("service", "name"), ("coordinator", "coordinator"), ("role here", "role"), ("desired", "desiredReplicas"),
            ("queued", "queued"), ("oldest wait ms", "oldestWaitMs"));
        terminal.Show(
            Rows(services, "replicas"),
            ("service", "service"), ("replica", "id"), ("state", "state"), ("leases", "leases"),
            ("limit", "maxConcurrentRequests"), ("address", "address"));
        if (Rows(services, "peers") is { Count: > 0 } peers)
        {
            terminal.Show(peers, ("service", "service"), ("for gateway", "gateway"), ("leases", "leases"), ("queued", "queued"));
        }
    }

    private static JsonArray Rows(JsonArray services, string member) => Shapes.List(
        from service in services
        from item in (JsonArray)service![member]!
        select With((JsonObject)item!.DeepClone(), service["name"]!.GetValue<string>()));

    private static JsonObject With(JsonObject item, string service)
    {
        item["service"] = service;
        return item;
    }

    private static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? uri
            : throw FairleadException.InvalidArgument("--url", text, "a URL such as http://127.0.0.1:8480");
}
