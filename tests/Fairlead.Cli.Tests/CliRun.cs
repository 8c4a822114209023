using System.Text.Json.Nodes;
using Fairlead.Cli.Running;
using Fairlead.Client.Tests.Fakes;

namespace Fairlead.Cli.Tests;

/// <summary>Runs command lines in process, against a workspace in memory, in a folder of their own.</summary>
internal sealed class CliRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public FakeWorkspace Workspace { get; } = new();

    public TemporaryFolder Folder { get; } = new();

    /// <summary>Environment variables of the command line.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Input { get; set; } = "";

    /// <summary>Whether a person seems to watch: bars and live tables are drawn.</summary>
    public bool IsInteractive { get; set; }

    /// <summary>Runs a line against the workspace.</summary>
    public Task<CliResult> RunAsync(params string[] line)
    {
        Variables["FAIRLEAD_ENDPOINT"] = Workspace.Url.AbsoluteUri;
        Variables["FAIRLEAD_TOKEN"] = FakeWorkspace.Token;
        return RunBareAsync(line);
    }

    /// <summary>Runs a line that knows of no server.</summary>
    public async Task<CliResult> RunBareAsync(params string[] line)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var host = new CliHost
        {
            Out = output,
            Error = error,
            OpenInput = () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Input)),
            Variable = name => Variables.GetValueOrDefault(name),
            CurrentDirectory = Folder.Path,
            HomeDirectory = Folder.Path,
            BinaryDirectory = Folder.Path,
            IsErrorInteractive = IsInteractive,
            IsOutInteractive = false,
        };
        var code = await new CliApplication(host).RunAsync(line, _limit.Token);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Workspace.DisposeAsync();
        Folder.Dispose();
        _limit.Dispose();
    }
}

/// <summary>How a command line ended.</summary>
internal sealed record CliResult(int Code, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    /// <summary>Itself, when it ended well.</summary>
    public CliResult Ok()
    {
        Assert.True(Code == 0, $"exit code {Code}\n{Error}");
        return this;
    }
}
