using System.CommandLine;

namespace Fairlead.Host.Up;

/// <summary><c>fairleadd up</c>: workspace, gateway and local compute in one process.</summary>
internal static class UpVerb
{
    private const int DefaultWorkspacePort = 8470;
    private const int DefaultGatewayPort = 8480;

    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "Folder of everything that is kept. Default: $FAIRLEAD_DATA, else ~/.fairlead.",
            HelpName = "DIR",
        };
        var bind = new Option<string>("--bind")
        {
            Description = "Address to listen on; give 0.0.0.0 to be reached from other machines.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = Port("--port", "Port of the workspace API; 0 for any free one.", DefaultWorkspacePort);
        var gatewayPort = Port("--gateway-port", "Port of the scoring URLs; 0 for any free one.", DefaultGatewayPort);
        var http2Port = OptionalPort("--gateway-http2-port", "Also serve scoring URLs over HTTP/2 without TLS here.");
        var httpsPort = OptionalPort("--gateway-https-port", "Also serve scoring URLs over HTTPS here.");
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
                DataDirectory = Path.GetFullPath(result.GetValue(data) ?? DefaultDataDirectory()),
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

    private static Option<int> Port(string name, string description, int byDefault)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "PORT",
            DefaultValueFactory = _ => byDefault,
        };
        option.Validators.Add(result => CheckPort(result.GetValue(option), name, result.AddError));
        return option;
    }

    private static Option<int?> OptionalPort(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "PORT" };
        option.Validators.Add(result => CheckPort(result.GetValue(option) ?? 0, name, result.AddError));
        return option;
    }

    private static void CheckPort(int port, string name, Action<string> addError)
    {
        if (port is < 0 or > 65535)
        {
            addError($"'{name}' is {port}, but must be from 0 to 65535.");
        }
    }

    public static string DefaultDataDirectory() =>
        Environment.GetEnvironmentVariable("FAIRLEAD_DATA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".fairlead");

    // Debian's own interpreter first: it is the one that sees packages installed with apt.
    private static string DefaultPython() => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}
