using System.Text.Json;
using Fairlead.Kubernetes.Operating;

namespace Fairlead.Kubernetes.Tests.Operating;

public sealed class JsonSubsetTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{}""", """{"a":2}""", false)]
    [InlineData("""{}""", """{"a":"","b":[],"c":{},"d":null,"e":0,"f":false}""", true)]
    [InlineData("""{"a":[1,2]}""", """{"a":[1,2]}""", true)]
    [InlineData("""{"a":[1,2,3]}""", """{"a":[1,2]}""", false)]
    [InlineData("""{"a":[{"name":"y"},{"name":"x","v":1,"w":2}]}""", """{"a":[{"name":"x","v":1}]}""", true)]
    [InlineData("""{"a":[{"name":"x","v":2}]}""", """{"a":[{"name":"x","v":1}]}""", false)]
    [InlineData("""{"a":[{"name":"y","v":1}]}""", """{"a":[{"name":"x","v":1}]}""", false)]
    [InlineData("""{"a":1.0}""", """{"a":1}""", true)]
    [InlineData("""{"a":"1"}""", """{"a":1}""", false)]
    [InlineData("""{"a":{"b":{"c":true,"d":1}}}""", """{"a":{"b":{"c":true}}}""", true)]
    public void Covers_WhenAllThatIsWantedIsThere(string live, string wanted, bool covers) =>
        Assert.Equal(covers, JsonSubset.Covers(JsonSerializer.Deserialize<JsonElement>(live), JsonSerializer.Deserialize<JsonElement>(wanted)));
}
