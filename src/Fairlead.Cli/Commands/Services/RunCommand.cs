using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Running;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Commands.Services;

/// <summary><c>fairlead service run</c>: scores through the gateway, as any client does.</summary>
internal sealed class RunCommand : ServiceVerb
{
    private readonly Option<string?> _data;
    private readonly Option<string?> _contentType;

    public RunCommand(ServiceKind kind)
        : base(
            "run",
            "Score with a service, through its gateway and with its key or a token.",
            kind,
            """fairlead service run -n iris -d '{"data": [[5.1, 3.5, 1.4, 0.2]]}'""",
            "fairlead service run -n iris -d @request.json",
            "cat request.json | fairlead service run -n iris -d @-")
    {
        _data = Text("--input-data", "The request body, @FILE for a file's content, @- for standard input.", "-d");
        _contentType = Text("--content-type", "Media type of the body. [default: application/json]");
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = ServiceName(context);
        await using var body = OpenBody(context);
        var service = await context.Client.Services.GetAsync(name, cancellationToken);
        var key = await context.Client.Services.GetCredentialAsync(service, cancellationToken);
        var answer = await context.Client.Services.ScoreAsync(
            new Uri(service.ScoringUri), key, body, context.Get(_contentType) ?? "application/json", cancellationToken);
        context.Note($"status {answer.Status}, request {answer.RequestId}");
        if (answer.Status is >= 200 and < 300)
        {
            context.Terminal.WriteOut(IsJson(answer.Body) || context.Terminal.IsTable
                ? answer.Body
                : JsonValue.Create(answer.Body).ToJsonString());
            return ExitCodes.Ok;
        }

        var who = answer.AnsweredByGateway is { } reason ? $"the gateway ({reason})" : "the service";
        context.Terminal.Say($"error: {who} answered {answer.Status}: {answer.Body}");
        context.Terminal.Say($"request id: {answer.RequestId}; the service's log: fairlead logs {name}");
        return ExitCodes.DeploymentFailed;
    }

    private Stream OpenBody(VerbContext context)
    {
        var data = context.Get(_data);
        switch (data)
        {
            case null:
                return new MemoryStream();
            case "@-":
                return context.Host.OpenInput();
            case ['@', .. var file]:
                var path = context.FullPath(file);
                return File.Exists(path)
                    ? File.OpenRead(path)
                    : throw FairleadException.InvalidArgument("input-data", data, $"a file that exists ('{path}' does not)");
            default:
                return new MemoryStream(Encoding.UTF8.GetBytes(data));
        }
    }

    private static bool IsJson(string body)
    {
        try
        {
            JsonDocument.Parse(body).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
