using System.Globalization;

namespace Fairlead.Scoring.Hosting;

/// <summary>Tells the starter which port was taken; in place by rename, so it is never seen half written.</summary>
internal static class PortFile
{
    public static async Task WriteAsync(string path, int port)
    {
        var written = path + ".tmp";
        try
        {
            await File.WriteAllTextAsync(written, port.ToString(CultureInfo.InvariantCulture) + "\n");
            File.Move(written, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"FAIRLEAD_PORT_FILE: {exception.Message}", exception);
        }
    }
}
