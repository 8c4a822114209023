using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Host.Up;

/// <summary>
/// <c>server.json</c> in the data directory: where the command line finds a server that runs. Written once it answers.
/// </summary>
internal sealed record ServerFile(
    int Pid, string WorkspaceUrl, string GatewayUrl, string DataDirectory, DateTimeOffset StartedAt, string Version)
{
    private const string FileName = "server.json";

    public static ServerFile? Read(string dataDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(dataDirectory, FileName)), ServerFileJson.Default.ServerFile);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    public void Write()
    {
        var path = Path.Combine(DataDirectory, FileName);
        var temporary = path + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, ServerFileJson.Default.ServerFile));
        File.Move(temporary, path, overwrite: true);
    }

    public static void Remove(string dataDirectory) => File.Delete(Path.Combine(dataDirectory, FileName));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ServerFile))]
internal sealed partial class ServerFileJson : JsonSerializerContext;
