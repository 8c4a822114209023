using Fairlead.Contracts.Errors;
using Fairlead.Contracts.Models;

namespace Fairlead.Contracts.Tests.Models;

public sealed class ModelNamesTests
{
    [Theory]
    [InlineData("sklearn_mnist", "sklearn_mnist", null)]
    [InlineData("iris:3", "iris", 3L)]
    [InlineData("AutoML7f3a:12", "AutoML7f3a", 12L)]
    public void ParseId_NameWithOrWithoutVersion_SplitsIt(string id, string name, long? version)
    {
        Assert.Equal((name, version), ModelNames.ParseId(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":1")]
    [InlineData("iris:")]
    [InlineData("iris:0")]
    [InlineData("iris:-1")]
    [InlineData("iris:latest")]
    [InlineData("iris model:1")]
    [InlineData("../iris")]
    [InlineData("a/b")]
    public void ParseId_AnythingElse_IsRefused(string id)
    {
        var error = Assert.Throws<FairleadException>(() => ModelNames.ParseId(id)).Error;

        Assert.Equal(400, error.StatusCode);
        Assert.Contains($"'{id}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Id_OfNameAndVersion_IsReadBackAsTheSame()
    {
        Assert.Equal(("digits", 7L), ModelNames.ParseId(ModelNames.Id("digits", 7)));
    }
}
