using System.Text.Json.Nodes;
using Fairlead.Contracts.Errors;
using Fairlead.LocalCompute.Environments;

namespace Fairlead.LocalCompute.Tests.Environments;

public sealed class CondaSpecificationTests
{
    [Fact]
    public void Parse_UsualSnippet_KeepsWhatPipMustDo()
    {
        var requirements = Parse("""
            {"name": "x", "channels": ["conda-forge"], "dependencies": ["python=3.8.13", "conda-forge::pip=20", {"pip": [
              "--index-url https://example.org/simple", "azureml-defaults~=1.0.45", "Azureml_Defaults[x]", "inference-schema[numpy-support]"]}]}
            """);

        Assert.Equal("3.8.13", requirements.PythonVersion);
        Assert.Equal(["--index-url https://example.org/simple", "inference-schema[numpy-support]"], requirements.Pip);
        Assert.Equal(["azureml-defaults~=1.0.45", "Azureml_Defaults[x]"], requirements.Skipped);
        Assert.Empty(requirements.CondaPackages);
        Assert.True(requirements.HasPackages);
        Assert.False(requirements.RefersToFiles);
    }

    [Fact]
    public void Parse_OnlyTheServersPackages_NeedsNoEnvironment()
    {
        Assert.False(Parse("""{"dependencies": ["python", {"pip": ["--extra-index-url https://x/y", "azureml-defaults"]}]}""").HasPackages);
        Assert.False(CondaSpecification.Parse(null).HasPackages);
    }

    [Theory]
    [InlineData("""{"dependencies": {"a": 1}}""")]
    [InlineData("""{"dependencies": [3]}""")]
    [InlineData("""{"dependencies": [{"pip": "numpy"}]}""")]
    public void Parse_OtherShape_IsAnInvalidArgument(string text)
    {
        Assert.Equal(ErrorCodes.InvalidArgument, Assert.Throws<FairleadException>(() => Parse(text)).Error.Code);
    }

    [Fact]
    public void Hash_OrderInterpreterAndFiles_Matter()
    {
        var one = Parse("""{"dependencies": [{"pip": ["a", "b"]}]}""");
        var two = Parse("""{"dependencies": [{"pip": ["b", "a"]}]}""");
        var files = Parse("""{"dependencies": [{"pip": ["-r requirements.txt"]}]}""");

        Assert.Equal(EnvironmentHash.Of(one, "p", false, "s1"), EnvironmentHash.Of(one, "p", false, "s2"));
        Assert.NotEqual(EnvironmentHash.Of(one, "p", false, null), EnvironmentHash.Of(two, "p", false, null));
        Assert.NotEqual(EnvironmentHash.Of(one, "p", false, null), EnvironmentHash.Of(one, "q", false, null));
        Assert.NotEqual(EnvironmentHash.Of(files, "p", false, "s1"), EnvironmentHash.Of(files, "p", false, "s2"));
    }

    private static PythonRequirements Parse(string json) => CondaSpecification.Parse(JsonNode.Parse(json)!.AsObject());
}
