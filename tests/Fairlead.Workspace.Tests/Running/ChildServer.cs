using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.Workspace.Tests.Running;

/// <summary>A server of this test run. It ends with this process, however that ends: it waits for the end of its standard
/// input, or a shell around it does.</summary>
internal sealed class ChildServer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const string Around = """
        folder=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-server-XXXXXX")
        trap 'rm -rf "$folder"' EXIT
        "$@" "$folder" >"$folder/log" 2>&1 &
        server=$!
        read -r _ || true
        kill -KILL $server 2>/dev/null
        wait $server 2>/dev/null || true
        """;

    private readonly Process _process;

    private ChildServer(Process process) => _process = process;

    /// <summary>Starts a program whose last argument is its folder, and waits until it takes connections.</summary>
    public static async Task<ChildServer> StartAsync(int port, params string[] command)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", Around, "server", .. command])
        {
            start.ArgumentList.Add(argument);
        }

        var server = new ChildServer(Process.Start(start)!);
        await server.WaitAsync(port, command[0]);
        return server;
    }

    public static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(Limit);
        _process.Dispose();
    }

    private async Task WaitAsync(int port, string program)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && watch.Elapsed < Limit)
            {
                await Task.Delay(50);
            }
            catch (SocketException exception)
            {
                throw new InvalidOperationException($"{program} does not answer on port {port}.", exception);
            }
        }
    }
}
