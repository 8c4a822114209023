using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client;

namespace Fairlead.Cli.Running;

/// <summary>The data folder of a server on this machine: where it says that it runs, and its token.</summary>
internal sealed class DataFolder(string path)
{
    public string Path { get; } = path;

    public string LogFile => System.IO.Path.Combine(Path, "logs", "server.log");

    private string ServerFile => System.IO.Path.Combine(Path, "server.json");

    /// <summary>What the server file says; null when there is none or it is being written.</summary>
    public RunningServer? FindServer()
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(ServerFile));
            return json is null
                ? null
                : new RunningServer(
                    json["pid"]!.GetValue<int>(),
                    new Uri(json["workspaceUrl"]!.GetValue<string>()),
                    new Uri(json["gatewayUrl"]!.GetValue<string>()),
                    json["startedAt"]?.GetValue<string>());
        }
        catch (Exception e) when (e is IOException or JsonException or NullReferenceException or UriFormatException
            or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="ServerUnreachableException">There is no server file.</exception>
    public RunningServer RequireServer() =>
        FindServer() ?? throw new NoServerException(
            $"no Fairlead server runs on {Path} (it has no server.json); start one with `fairlead up`, "
            + "or name one elsewhere with --endpoint or FAIRLEAD_ENDPOINT");

    public string? ReadToken()
    {
        var file = System.IO.Path.Combine(Path, "admin-token");
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
        catch (UnauthorizedAccessException)
        {
            throw new Contracts.Errors.FairleadException(
                "Unauthorized", 403, $"'{file}' may not be read by this user; run as the user who started the server, or set FAIRLEAD_TOKEN");
        }
    }

    /// <summary>The last lines of the server's log.</summary>
    public IReadOnlyList<string> TailLog(int lines) =>
        File.Exists(LogFile) ? [.. File.ReadLines(LogFile).TakeLast(lines)] : [];
}
