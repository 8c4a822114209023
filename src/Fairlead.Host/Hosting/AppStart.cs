using Microsoft.AspNetCore.Connections;

namespace Fairlead.Host.Hosting;

/// <summary>Starts what listens.</summary>
internal static class AppStart
{
    /// <param name="app">Listens there.</param>
    /// <param name="bind">The address; * for all.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="option">The option that names the port.</param>
    /// <exception cref="StartupException">The port is in use.</exception>
    public static async Task ListenAsync(
        this WebApplication app, string bind, int port, string option, CancellationToken cancellationToken)
    {
        // Asked first, since the framework writes a page of its own about a port that is taken.
        if (FreePort.IsTaken(bind, port))
        {
            throw InUse(null);
        }

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw InUse(exception);
        }

        StartupException InUse(Exception? cause) => new(
            ExitCodes.PortInUse,
            $"Port {port} is in use by another program. Choose another with {option}, or 0 for any free one.",
            cause);
    }
}
