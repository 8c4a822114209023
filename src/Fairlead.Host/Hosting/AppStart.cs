using Microsoft.AspNetCore.Connections;

namespace Fairlead.Host.Hosting;

/// <summary>Starts what listens.</summary>
internal static class AppStart
{
    /// <param name="app">Listens on the port.</param>
    /// <param name="port">As it was given.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="StartupException">The port is in use.</exception>
    public static async Task ListenAsync(this WebApplication app, int port, string option, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new StartupException(
                ExitCodes.PortInUse,
                $"Port {port} is in use by another program. Choose another with {option}, or 0 for any free one.",
                exception);
        }
    }
}
