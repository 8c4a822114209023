using Fairlead.Contracts;
using Fairlead.Scoring.Hosting;

namespace Fairlead.Scoring.Tests.Units;

public sealed class CommandLineTests
{
    [Fact]
    public void Options_StandForVariables()
    {
        var values = CommandLine.Parse(["--entry_script", "score.py", "--port=0", "--model-dir", "/m"], out _);

        Assert.NotNull(values);
        Assert.Equal("score.py", values[ScoringHostVariables.EntryScript]);
        Assert.Equal("0", values[ScoringHostVariables.ServerPort]);
        Assert.Equal("/m", values[ScoringHostVariables.ModelDirectory]);
        Assert.Equal(Environment.CurrentDirectory, values[ScoringHostVariables.AppRoot]);
    }

    [Theory]
    [InlineData("--prot", "'--prot' is not an option")]
    [InlineData("--port", "--port needs a value.")]
    public void Options_NotUnderstood_AreNamed(string argument, string expected)
    {
        Assert.Null(CommandLine.Parse([argument], out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_NamesEveryVariableThatAnOptionStandsFor()
    {
        Assert.Contains(ScoringHostVariables.Python, CommandLine.Help, StringComparison.Ordinal);
        Assert.Contains("Exit codes", CommandLine.Help, StringComparison.Ordinal);
    }
}
