using System.CommandLine;
using Fairlead.Cli.Output;
using Fairlead.Client;
using Fairlead.Client.Configuration;
using Fairlead.Contracts.Api;

namespace Fairlead.Cli.Running;

/// <summary>What a verb works with: its values, the terminal, and the workspace, found when first asked for.</summary>
internal sealed class VerbContext : IDisposable
{
    private readonly ParseResult _line;
    private readonly GlobalOptions _globals;
    private FairleadClient? _client;

    public VerbContext(ParseResult line, GlobalOptions globals, CliHost host)
    {
        (_line, _globals, Host) = (line, globals, host);
        Terminal = new Terminal(host, string.Equals(line.GetValue(globals.Output), "table", StringComparison.OrdinalIgnoreCase));
        Data = new DataFolder(
            line.GetValue(globals.Data) is { } given
                ? Path.GetFullPath(given, host.CurrentDirectory)
                : host.Variable("FAIRLEAD_DATA") ?? Path.Combine(host.HomeDirectory, ".fairlead"));
    }

    public CliHost Host { get; }

    /// <summary>The name the verb looks for, for "did you mean".</summary>
    public string? WantedName { get; set; }

    public Terminal Terminal { get; }

    public DataFolder Data { get; }

    public bool IsDebug => _line.GetValue(_globals.Debug);

    public bool IsVerbose => IsDebug || _line.GetValue(_globals.Verbose) || _line.GetValue(_globals.VerboseShort);

    /// <summary>Whether the line or the environment says where the workspace is.</summary>
    public bool IsEndpointNamed => (_line.GetValue(_globals.Endpoint) ?? Host.Variable("FAIRLEAD_ENDPOINT")) is not null;

    /// <summary>Whether the line asks for JSON in so many words, for the few verbs whose default is a picture.</summary>
    public bool IsJsonAsked => Has(_globals.Output) && !Terminal.IsTable;

    public FairleadClient Client => _client ??= Connect();

    public T? Get<T>(Option<T> option) => _line.GetValue(option);

    public T? Get<T>(Argument<T> argument) => _line.GetValue(argument);

    /// <summary>Whether the option stands on the line.</summary>
    public bool Has(Option option) => _line.GetResult(option) is { Implicit: false };

    /// <summary>A path of the line, relative to the current folder.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, Host.CurrentDirectory);

    public void Note(string text)
    {
        if (IsVerbose)
        {
            Terminal.Say(text);
        }
    }

    public void Dispose() => _client?.Dispose();

    private FairleadClient Connect()
    {
        var project = WorkspaceFile.Find(
            _line.GetValue(_globals.Path) is { } path ? FullPath(path) : Host.CurrentDirectory);
        var named = _line.GetValue(_globals.Endpoint) ?? Host.Variable("FAIRLEAD_ENDPOINT") ?? project?.Endpoint;
        var endpoint = named is null ? Data.RequireServer().WorkspaceUrl : ParseEndpoint(named);
        var options = new FairleadClientOptions
        {
            Endpoint = endpoint,

            // The local server's token is for this machine alone, whatever the endpoint was set to.
            Token = Host.Variable("FAIRLEAD_TOKEN") ?? (endpoint.IsLoopback ? Data.ReadToken() : null),
            SubscriptionId = _line.GetValue(_globals.Subscription) ?? project?.SubscriptionId ?? Routes.DefaultSubscription,
            ResourceGroup = _line.GetValue(_globals.ResourceGroup) ?? project?.ResourceGroup ?? Routes.DefaultResourceGroup,
            Workspace = _line.GetValue(_globals.Workspace) ?? project?.Workspace ?? Routes.DefaultWorkspace,
            TimeProvider = Host.Time,
            Trace = IsDebug ? Terminal.Say : null,
        };
        Note($"workspace '{options.Workspace}' at {endpoint}");
        return new FairleadClient(options);
    }

    private static Uri ParseEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
            ? uri
            : throw Contracts.Errors.FairleadException.InvalidArgument("endpoint", text, "a URL such as http://127.0.0.1:8080");
}
