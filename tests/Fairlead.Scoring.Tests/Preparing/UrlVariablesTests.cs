using Fairlead.Scoring.Preparing;

namespace Fairlead.Scoring.Tests.Preparing;

public sealed class UrlVariablesTests
{
    [Fact]
    public void Resolve_VariablesOfTheUrl_AreReplaced() => Assert.Equal(
        "http://files.test/a?token=secret&b=$(", UrlVariables.Resolve("http://files.test/a?token=$(FILES_1)&b=$(", name => name == "FILES_1" ? "secret" : null));

    [Fact]
    public void Resolve_VariableThatIsNotSet_IsNamed()
    {
        var exception = Assert.Throws<PreparationException>(() => UrlVariables.Resolve("http://files.test/a?token=$(FILES_1)", _ => null));

        Assert.Contains("'FILES_1', which is not set", exception.Message, StringComparison.Ordinal);
    }
}
