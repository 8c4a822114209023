using System.Text.Json;
using Fairlead.Cli.Running;
using Fairlead.Client;
using Fairlead.Contracts.Api;
using Fairlead.Contracts.Errors;

namespace Fairlead.Cli.Output;

/// <summary>Says on standard error what went wrong and what to do.</summary>
internal static class ErrorPrinter
{
    public static void Print(Terminal terminal, Exception exception, bool debug)
    {
        switch (exception)
        {
            case OperationCanceledException:
                terminal.Say("cancelled");
                break;
            case FairleadApiException api:
                PrintDocument(terminal, api.ToDocument());
                break;
            case FairleadException own:
                PrintDocument(terminal, own.Error);
                break;
            case ServerUnreachableException or NoServerException or IOException or UnauthorizedAccessException
                or Fairlead.Client.Blobs.FileChangedException or HttpRequestException:
                terminal.Say("error: " + exception.Message);
                break;
            default:
                terminal.Say($"error: {exception.Message} (a defect: run again with --debug and report what it prints)");
                break;
        }

        if (debug)
        {
            terminal.Say(exception.ToString());
        }
    }

    public static void PrintDocument(Terminal terminal, ErrorDocument error)
    {
        terminal.Say($"error: {error.Message} ({error.Code})");
        foreach (var detail in error.Details.Where(detail => !error.Message.Contains(detail.Message, StringComparison.Ordinal)))
        {
            var target = detail.Target is null ? "" : $" [{detail.Target}]";
            terminal.Say($"  {detail.Code}{target}: {detail.Message.Replace("\n", "\n    ", StringComparison.Ordinal)}");
        }
    }

    /// <summary>The document of a failed deployment, in full (§1.7).</summary>
    public static string Json(ErrorDocument error) => JsonSerializer.Serialize(error, ContractsJson.Default.ErrorDocument);
}
