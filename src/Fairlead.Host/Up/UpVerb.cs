using System.CommandLine;
using Fairlead.Host.Hosting;

namespace Fairlead.Host.Up;

/// <summary><c>fairleadd up</c>: workspace, gateway and local compute in one process.</summary>
internal static class UpVerb
{
    private const int DefaultWorkspacePort = 8470;
    private const int DefaultGatewayPort = 8480;

    public static Command Create()
    {
        var data = RoleOptions.Data("Folder of everything that is kept.");
        var bind = RoleOptions.Bind();
        var port = RoleOptions.Port("--port", "Port of the workspace API; 0 for any free one.", DefaultWorkspacePort);
        var gatewayPort = RoleOptions.Port("--gateway-port", "Port of the scoring URLs; 0 for any free one.", DefaultGatewayPort);
        var http2Port = RoleOptions.OptionalPort("--gateway-http2-port", "Also serve scoring URLs over HTTP/2 without TLS here.");
        var httpsPort = RoleOptions.OptionalPort("--gateway-https-port", "Also serve scoring URLs over HTTPS here.");
        var certificate = new Option<string>("--tls-cert-file")
        {
            Description = "PEM file with the certificate and its chain, for --gateway-https-port.",
            HelpName = "FILE",
        };
        var key = new Option<string>("--tls-key-file")
        {
            Description = "PEM file with the certificate's key, for --gateway-https-port.",
            HelpName = "FILE",
        };
        var python = new Option<string>("--python")
        {
            Description = "Interpreter of services whose environment names none.",
            HelpName = "PATH",
            DefaultValueFactory = _ => DefaultPython(),
        };
        var scoringHost = new Option<string>("--scoring-host")
        {
            Description = "Path of the scoring host. Default: fairlead-scoring beside this program.",
            HelpName = "PATH",
        };

        var command = new Command("up", "Runs workspace, gateway and local compute in this process, until SIGTERM.")
        {
            data, bind, port, gatewayPort, http2Port, httpsPort, certificate, key, python, scoringHost,
        };
        command.Validators.Add(result =>
        {
            // With neither, the environment may name a folder of certificates.
            if (result.GetValue(certificate) is null != result.GetValue(key) is null)
            {
                result.AddError("'--tls-cert-file' and '--tls-key-file' belong together; give both.");
            }
        });
        command.SetAction((result, cancellationToken) => Guard.RunAsync(() => UpRun.RunAsync(
            new UpSettings
            {
                DataDirectory = RoleOptions.DataFolder(result.GetValue(data)),
                BindAddress = result.GetValue(bind)!,
                WorkspacePort = result.GetValue(port),
                GatewayPort = result.GetValue(gatewayPort),
                GatewayHttp2Port = result.GetValue(http2Port),
                GatewayHttpsPort = result.GetValue(httpsPort),
                TlsCertificateFile = result.GetValue(certificate),
                TlsKeyFile = result.GetValue(key),
                Python = result.GetValue(python)!,
                ScoringHost = result.GetValue(scoringHost)
                    ?? Path.Combine(AppContext.BaseDirectory, "fairlead-scoring"),
            },
            cancellationToken)));
        return command;
    }

    // Debian's own interpreter first: it is the one that sees packages installed with apt.
    private static string DefaultPython() => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}
