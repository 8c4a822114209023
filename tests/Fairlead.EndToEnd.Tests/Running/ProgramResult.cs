using System.Text.Json.Nodes;

namespace Fairlead.EndToEnd.Tests.Running;

/// <summary>How a program ended.</summary>
internal sealed record ProgramResult(string CommandLine, int ExitCode, string Output, string Error)
{
    public string All => Output + Error;

    /// <summary>Standard output as JSON; it must be nothing else.</summary>
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException(ToString());

    public ProgramResult Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    public ProgramResult Failed(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"expected exit code {exitCode}\n{this}");
        return this;
    }

    public override string ToString() => $"$ {CommandLine}\nexit code {ExitCode}\n{Output}\n{Error}";
}
